#include "cli/api.h"

#include "base/encoding.h"
#include "base/percent.h"
#include "base/random.h"
#include "cli/patience.h"

namespace hancock::cli {
namespace {

constexpr size_t kAnswerMaxBytes = 64 << 20;
constexpr std::string_view kNoAnswer = "no Master answers";

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Result<std::vector<io::Address>> masters_of(const Context& context) {
  if (!context.ca.empty()) return fail(ErrorCode::kUnsupported, "--ca: https is not supported yet");
  if (context.api.empty()) {
    return fail(ErrorCode::kInvalid, "no Master is named: give --api HOST:PORT or set HANCOCK_API");
  }
  std::vector<io::Address> masters;
  for (const std::string& text : split_list(context.api)) {
    auto address = io::Address::parse(text);
    if (!address) return forward_error(address, "--api");
    masters.push_back(*address);
  }
  if (masters.empty()) return fail(ErrorCode::kInvalid, "--api: {}: want host:port", context.api);
  return masters;
}

}  // namespace

std::string with_parameter(std::string path, std::string_view name, std::string_view value) {
  if (value.empty()) return path;
  path += path.find('?') == std::string::npos ? '?' : '&';
  path.append(name).append("=").append(percent_encode(value));
  return path;
}

ApiRequest::ApiRequest(std::string request_method, std::string request_path, std::string request_body)
    : method(std::move(request_method)), path(std::move(request_path)), body(std::move(request_body)) {
  if (method != "GET") idempotency_key = system_random().id(24);
}

Api::Api(io::Loop& loop, const Context& context) : loop_(loop), context_(context), client_(loop) {}

http::RequestHead Api::head_of(const ApiRequest& request) const {
  http::RequestHead head(request.method, with_parameter(request.path, "tenant", context_.tenant));
  if (!context_.token.empty()) head.headers.set("Authorization", "Bearer " + context_.token);
  if (!request.accept.empty()) head.headers.set("Accept", request.accept);
  if (request.method != "GET") {
    head.headers.set("Idempotency-Key", request.idempotency_key);
    head.headers.set("Content-Type", request.content_type);
    head.headers.set("Content-Length", std::to_string(request.body.size()));
  }
  return head;
}

io::Async<Result<std::unique_ptr<http::Call>>> Api::open(ApiRequest request, TimePoint deadline) {
  co_return co_await open_any(request, deadline);
}

io::Async<Result<std::unique_ptr<http::Call>>> Api::open_any(const ApiRequest& request, TimePoint deadline) {
  const auto masters = masters_of(context_);
  if (!masters) co_return tl::unexpected(masters.error());
  Error last{ErrorCode::kUnavailable, "", {}};
  for (size_t i = 0; i < masters->size(); ++i) {
    const size_t index = (preferred_ + i) % masters->size();
    auto call = co_await open_at((*masters)[index], request, deadline);
    if (call) {
      preferred_ = index;
      co_return call;
    }
    last = call.error();
    if (exit_code_of(last.code) != ExitCode::kNoMaster) break;
  }
  co_return tl::unexpected(last);
}

io::Async<Result<std::unique_ptr<http::Call>>> Api::open_at(io::Address master, const ApiRequest& request,
                                                            TimePoint deadline) {
  http::RequestHead head = head_of(request);
  auto call = co_await client_.open(master, std::move(head), deadline);
  if (!call) co_return forward_error(call, kNoAnswer);
  reached_ = true;
  if (!request.body.empty()) {
    auto sent = co_await (*call)->write(request.body, deadline);
    if (!sent) co_return forward_error(sent, kNoAnswer);
  }
  auto ended = co_await (*call)->finish(deadline);
  if (!ended) co_return forward_error(ended, kNoAnswer);
  auto response = co_await (*call)->response(deadline);
  if (!response) co_return forward_error(response, kNoAnswer);
  const int status = (*response)->status;
  if (status >= 200 && status < 300) co_return call;
  const auto body = co_await http::read_all((*call)->body(), kAnswerMaxBytes, deadline);
  co_return tl::unexpected(refusal(status, body.value_or(""), request.file));
}

io::Async<Result<std::string>> Api::send_once(const ApiRequest& request, TimePoint deadline) {
  auto call = co_await open_any(request, deadline);
  if (!call) co_return forward_error(call);
  co_return co_await http::read_all((*call)->body(), kAnswerMaxBytes, deadline);
}

io::Async<Result<std::string>> Api::send(ApiRequest request, TimePoint deadline) {
  while (true) {
    auto answer = co_await send_once(request, deadline);
    const bool is_final = answer || !reached_ || exit_code_of(answer.error().code) != ExitCode::kNoMaster;
    if (is_final || loop_.now() + kRetryPause >= deadline) co_return answer;
    co_await loop_.sleep_for(kRetryPause);
  }
}

}  // namespace hancock::cli
