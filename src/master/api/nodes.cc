// GET nodes, nodes/N.
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "master/api/views.h"

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

}  // namespace hancock::master::api
