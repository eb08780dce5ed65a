#include "slardar/admin/upstream_calls.h"

#include "slardar/admin/answers.h"
#include "slardar/admin/upstream_body.h"
#include "slardar/admin/write_calls.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, PUT, POST, DELETE";

}  // namespace

std::string UpstreamCalls::key_of(const std::string& name) const {
  return confd_.records().keys().upstreams() + name;
}

http::Response UpstreamCalls::list() const {
  const RecordSet& records = confd_.records();
  std::string all = "{";
  // Names have nothing that JSON would have to escape.
  for (const auto& [key, kept] : records.upstreams()) {
    if (all.size() > 1) all += ",";
    all += fmt::format("\"{}\":{}", records.upstream_name(key), shown_upstream(kept.text));
  }
  return tagged(document(200, all + "}\n"), confd_.built(records.keys().upstreams()));
}

http::Response UpstreamCalls::show(const std::string& name) const {
  const std::string key = key_of(name);
  const auto found = confd_.records().upstreams().find(key);
  if (found == confd_.records().upstreams().end())
    return refusal(404, fmt::format("upstream {} not found", name));
  return tagged(document(200, shown_upstream(found->second.text) + "\n"), confd_.revision_of(key));
}

io::Async<http::Response> UpstreamCalls::one(http::Exchange& exchange, std::string name) {
  if (!is_upstream_name(name))
    co_return refusal(400, "name: 1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.' are allowed");
  const std::string method = exchange.request().method;
  if (method == "GET" || method == "HEAD") co_return show(name);
  if (method == "DELETE") co_return co_await remove(exchange, std::move(name));
  if (method != "PUT" && method != "POST") co_return wrong_method(kMethods);
  co_return co_await put(exchange, std::move(name));
}

io::Async<http::Response> UpstreamCalls::put(http::Exchange& exchange, std::string name) {
  auto body = co_await read_body(exchange);
  if (!body) co_return refusal(body.error());
  RecordEdit edit = [text = std::move(*body)](const std::optional<std::string>& present) {
    return put_upstream(present, text).map([](std::string next) { return std::optional(std::move(next)); });
  };
  co_return co_await write(exchange, std::move(name), std::move(edit));
}

io::Async<http::Response> UpstreamCalls::remove(http::Exchange& exchange, std::string name) {
  RecordEdit edit = [name](const std::optional<std::string>& present) -> Result<std::optional<std::string>> {
    if (!present) return fail(ErrorCode::kNotFound, "upstream {} not found", name);
    return std::nullopt;
  };
  co_return co_await write(exchange, std::move(name), std::move(edit));
}

io::Async<http::Response> UpstreamCalls::write(http::Exchange& exchange, std::string name, RecordEdit edit) {
  auto condition = IfMatch::of(exchange.request().headers);
  if (!condition) co_return refusal(condition.error());
  const bool removes = exchange.request().method == "DELETE";
  auto written = co_await writer_.write(key_of(name), std::move(edit), std::move(*condition));
  if (!written) {
    if (written.error().code == ErrorCode::kConflict)
      written.error().message = fmt::format("upstream {}: {}", name, written.error().message);
    co_return refusal(written.error());
  }
  co_return tagged(answer_of(*written), removes ? std::nullopt : std::optional(written->revision));
}

}  // namespace hancock::slardar
