// GET nodes, nodes/N; POST nodes/N/drain, …/undrain.
#include "master/api/body.h"
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "master/api/views.h"
#include "master/api/write.h"

namespace hancock::master::api {

io::Async<void> list_nodes(Call& call) {
  std::vector<std::string> items;
  for (const auto& [name, node] : call.context.state().nodes())
    items.push_back(node_view(call.context.state(), node));
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

io::Async<void> get_node(Call& call) {
  const auto* node = call.context.state().node(call.names[0]);
  if (node == nullptr) {
    co_await refuse(call, no_such("node", call.names[0]));
    co_return;
  }
  co_await answer(call, 200,
                  with_index(node_view(call.context.state(), *node), call.context.state().revision()));
}

io::Async<void> drain_node_now(Call& call) {
  auto body = co_await read_body(call);
  if (!body) {
    co_await refuse(call, std::move(body.error()));
    co_return;
  }
  const auto deadline = parse_deadline(*body);
  if (!deadline) {
    co_await refuse(call, deadline.error());
    co_return;
  }
  const DecideRequest decide = [&](const State& state) {
    return as_decided(drain_node(state, call.names[0], *deadline, call.context.clock.wall()));
  };
  co_await write(call, std::move(*body), decide);
}

io::Async<void> undrain_node_now(Call& call) {
  DecideChanges decide = [node = call.names[0]](const State& state, WallTime now) {
    return undrain_node(state, node, now);
  };
  return write_without_body(call, std::move(decide));
}

}  // namespace hancock::master::api
