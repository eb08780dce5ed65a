#include "slardar/admin/write_calls.h"

#include <nlohmann/json.hpp>

#include "slardar/admin/answers.h"

namespace hancock::slardar {
namespace {

constexpr size_t kBodyMax = 1 << 20;
constexpr Duration kBodyWithin = 30s;

}  // namespace

io::Async<Result<std::string>> read_body(http::Exchange& exchange) {
  auto body = co_await http::read_all(exchange.body(), kBodyMax, exchange.loop().now() + kBodyWithin);
  if (body) co_return body;
  if (body.error().code == ErrorCode::kTooLarge) co_return fail(ErrorCode::kTooLarge, "body too big");
  co_return fail(ErrorCode::kInvalid, "{}", body.error().message);
}

http::Response answer_of(const Written& written) {
  const int status = written.live && written.refused.empty() ? 200 : 202;
  nlohmann::ordered_json body{{"status", status}, {"revision", written.revision.value()}};
  if (!written.refused.empty())
    body["msg"] = "written, but not served: " + written.refused;
  else if (!written.live)
    body["msg"] = "written, but not every worker serves by it yet";
  return document(status, body.dump() + "\n");
}

http::Response tagged(http::Response response, std::optional<store::Revision> revision) {
  if (revision) response.headers.set("ETag", etag_of(*revision));
  return response;
}

}  // namespace hancock::slardar
