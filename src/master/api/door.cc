// The door, in its thinnest form: an Agent's part of etcd's v3 API (door_rules.h), passed to this Master's
// member. Which Node asks is told by X-Hancock-Node until certificates come.
#include "master/api/call.h"
#include "master/api/door_rules.h"
#include "master/api/handlers.h"
#include "model/names.h"

namespace hancock::master::api {
namespace {

constexpr Duration kMemberAnswers = 5s;

tl::expected<std::string, Problem> node_of(const Call& call) {
  const auto node = call.request().headers.get("X-Hancock-Node");
  if (!node || !model::is_name(*node)) {
    return tl::unexpected(
        Problem(403, Mistake("denied", "X-Hancock-Node has to name the Node", "X-Hancock-Node",
                             std::string(node.value_or("")), std::string(model::kNameRule))));
  }
  return std::string(*node);
}

io::Async<void> pass_on(Call& call, DoorVerb verb, const char* path) {
  const auto node = node_of(call);
  if (!node) {
    co_await refuse(call, node.error());
    co_return;
  }
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  auto request = door_request(call.context.state(), *node, verb, *body);
  if (!request) {
    co_await refuse(call, problem_of(request.error()));
    co_return;
  }
  http::RequestHead head("POST", path, http::Headers{{"Content-Type", "application/json"}});
  auto reply =
      co_await call.context.member.fetch(call.context.member_address, std::move(head), std::move(*request),
                                         call.context.loop.now() + kMemberAnswers);
  if (!reply) {
    co_await refuse(call,
                    Problem(503, Mistake("no_store", "this Master's etcd member: " + reply.error().message)));
    co_return;
  }
  call.context.metrics.count_request(reply->status);
  http::Headers type{{"Content-Type", "application/json"}};
  http::Response response(reply->status, std::move(reply->body), std::move(type));
  co_await call.exchange.respond(std::move(response));
}

}  // namespace

io::Async<void> door_range(Call& call) { return pass_on(call, DoorVerb::kRange, "/v3/kv/range"); }
io::Async<void> door_transaction(Call& call) { return pass_on(call, DoorVerb::kTransaction, "/v3/kv/txn"); }

}  // namespace hancock::master::api
