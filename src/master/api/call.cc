#include "master/api/call.h"

#include "model/names.h"

namespace hancock::master::api {
namespace {

constexpr Duration kBodyWithin = 30s;

http::Headers json_headers() { return http::Headers{{"Content-Type", "application/json"}}; }

Problem too_large() {
  return Problem(413, Mistake("too_large", "the body is too large", "", "",
                              fmt::format("at most {} bytes", kBodyMaxBytes)));
}

}  // namespace

bool Call::has_flag(std::string_view name) const {
  const auto value = request().parameter(name);
  return value && (value->empty() || *value == "true" || *value == "1");
}

io::Async<void> answer(Call& call, int status, std::string body) {
  call.context.metrics.count_request(status);
  body += '\n';
  http::Response response(status, std::move(body), json_headers());
  co_await call.exchange.respond(std::move(response));
}

io::Async<void> refuse(Call& call, Problem problem) {
  call.context.metrics.count_request(problem.status);
  http::Headers headers = json_headers();
  if (problem.retry_after_s > 0) headers.add("Retry-After", std::to_string(problem.retry_after_s));
  if (problem.status == 401) headers.add("WWW-Authenticate", "Bearer");
  if (!problem.allow.empty()) headers.add("Allow", problem.allow);
  http::Response response(problem.status, to_json(problem), std::move(headers));
  co_await call.exchange.respond(std::move(response));
}

io::Async<tl::expected<std::string, Problem>> read_body(Call& call) {
  auto body =
      co_await http::read_all(call.exchange.body(), kBodyMaxBytes, call.context.loop.now() + kBodyWithin);
  if (body) co_return std::move(*body);
  if (body.error().code == ErrorCode::kTooLarge) co_return tl::unexpected(too_large());
  const int status = body.error().code == ErrorCode::kTimeout ? 408 : 400;
  Problem problem(status, Mistake(to_string(body.error().code), body.error().message));
  co_return tl::unexpected(std::move(problem));
}

std::string list_of(const std::vector<std::string>& items, store::Revision index) {
  std::string out = "{\"items\":[";
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    out += items[i];
  }
  return out += fmt::format("],\"index\":{}}}", index.value());
}

std::string with_index(std::string_view object, store::Revision index) {
  const std::string_view rest = object.substr(1);
  return fmt::format("{{\"index\":{}{}{}", index.value(), rest == "}" ? "" : ",", rest);
}

std::string with_members(std::string object, std::string_view members) {
  object.pop_back();
  if (object.size() > 1) object += ',';
  object += members;
  return object += '}';
}

Problem no_such(std::string_view kind, std::string_view name) {
  return Problem(404,
                 Mistake("not_found", fmt::format("there is no {} {}", kind, name), "", std::string(name)));
}

std::optional<Problem> check_names(const Call& call) {
  for (const std::string& name : call.names) {
    if (model::is_name(name)) continue;
    return Problem(400, Mistake("invalid", fmt::format("{} is no name", name), "path", name,
                                std::string(model::kNameRule)));
  }
  return std::nullopt;
}

}  // namespace hancock::master::api
