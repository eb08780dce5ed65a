#include "master/api/api.h"

#include "master/api/routes.h"
#include "model/names.h"

namespace hancock::master::api {
namespace {

constexpr Duration kPatience = 2s;  // with a store that hiccups, before a request is refused

Problem unauthorized(std::string message) {
  return Problem(401, Mistake("unauthorized", std::move(message)));
}

Problem no_path(const Router::Outcome& outcome, const http::RequestHead& request) {
  if (const auto* method = std::get_if<Router::NoSuchMethod>(&outcome)) {
    Problem problem(
        405, Mistake("method_not_allowed", fmt::format("{} does not take {}", request.path(), request.method),
                     "method", request.method, method->allowed));
    problem.allow = method->allowed;
    return problem;
  }
  return no_such("path", request.path());
}

}  // namespace

std::optional<Problem> why_not_leading(const Context& context) {
  if (!context.replica.loaded()) {
    return Problem(503, Mistake("no_store", "this Master's etcd member has not answered yet"));
  }
  if (!context.leadership.reign() || !context.reconciler.serving()) {
    const auto& leader = context.leadership.leader();
    std::string where = leader ? fmt::format("; {} at {} led last", leader->master, leader->address) : "";
    return Problem(503, Mistake("no_leader", "this Master does not lead now" + where));
  }
  if (!context.leadership.may_act()) {
    return Problem(503, Mistake("no_store", "this Master's etcd member does not answer"));
  }
  return std::nullopt;
}

std::optional<Problem> Api::check_token(Access access, const http::RequestHead& request,
                                        Principal& who) const {
  if (access == Access::kAnyone) return std::nullopt;
  const auto& tokens = context_.state().tokens();
  if (tokens.empty())
    return why_not_leading(context_).value_or(Problem(503, Mistake("no_leader", "no tokens yet")));
  const auto header = request.headers.get("Authorization");
  if (!header) return unauthorized("a token is needed: Authorization: Bearer TOKEN");
  const auto token = bearer_token(*header);
  const auto principal = token ? find_principal(tokens, *token) : std::nullopt;
  if (!principal) return unauthorized("the token is not known here");
  const model::Role wanted = access == Access::kAgent ? model::ROLE_AGENT : model::ROLE_OPERATOR;
  if (principal->role != wanted) {
    return Problem(403, Mistake("denied", fmt::format("the token of {} does not allow {} {}", principal->name,
                                                      request.method, request.path())));
  }
  who = *principal;
  return std::nullopt;
}

// A GET with ?stale is answered from what there is; all else only while this Master surely leads.
io::Async<std::optional<Problem>> Api::check_ready(const http::RequestHead& request) {
  const bool stale = request.method == "GET" && request.parameter("stale").has_value();
  if (stale && context_.replica.loaded()) co_return std::nullopt;
  const TimePoint deadline = context_.loop.now() + kPatience;
  while (true) {
    auto problem = why_not_leading(context_);
    // Waiting helps against a hiccup only; the heartbeat or its end wakes us.
    if (!problem || !context_.leadership.reign() || context_.loop.now() >= deadline) co_return problem;
    co_await context_.replica.moved().wait(std::min(deadline, context_.loop.now() + 100ms));
  }
}

std::optional<Problem> Api::check_tenant(Call& call) const {
  call.tenant = call.request().parameter("tenant").value_or("default");
  if (!model::is_name(call.tenant)) {
    return Problem(
        400, Mistake("invalid", "tenant is no name", "tenant", call.tenant, std::string(model::kNameRule)));
  }
  if (!context_.state().tenants().contains(call.tenant)) return no_such("tenant", call.tenant);
  return std::nullopt;
}

io::Async<void> Api::handle(http::Exchange& exchange) {
  const http::RequestHead& request = exchange.request();
  Call call{context_, exchange, {}, {}, {}};
  Router::Outcome outcome = api_router().match(request.method, request.path());
  auto* match = std::get_if<Router::Match>(&outcome);
  const Access access = match ? match->route->access : Access::kOperator;

  std::optional<Problem> problem = check_token(access, request, call.who);
  if (!problem && !match) problem = no_path(outcome, request);
  if (!problem && match->route->handler == nullptr) {
    problem = unsupported(fmt::format("{} {}", request.method, request.path()));
  }
  if (!problem && match->route->needs == Needs::kLeader) problem = co_await check_ready(request);
  if (!problem && access == Access::kOperator) problem = check_tenant(call);
  if (problem) {
    co_await refuse(call, std::move(*problem));
    co_return;
  }
  call.names = std::move(match->names);
  co_await match->route->handler(call);
}

}  // namespace hancock::master::api
