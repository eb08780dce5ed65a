// GET tasks, tasks/ID.
#include "master/api/call.h"
#include "master/api/handlers.h"
#include "model/json.h"

namespace hancock::master::api {

io::Async<void> list_tasks(Call& call) {
  const auto app = call.request().parameter("app");
  const auto service = call.request().parameter("service");
  const auto node = call.request().parameter("node");
  const bool all = call.has_flag("all");  // ended ones too
  std::vector<std::string> items;
  for (const auto& [id, stored] : call.context.state().tasks()) {
    const model::Task& task = stored.value;
    if (task.tenant() != call.tenant || (!all && !is_live(task))) continue;
    if ((app && task.app() != *app) || (service && task.service() != *service)) continue;
    if (node && task.node() != *node) continue;
    items.push_back(model::to_json(task));
  }
  co_await answer(call, 200, list_of(items, call.context.state().revision()));
}

io::Async<void> get_task(Call& call) {
  const auto* task = call.context.state().task(call.names[0]);
  if (task == nullptr) {
    co_await refuse(call, no_such("task", call.names[0]));
    co_return;
  }
  co_await answer(call, 200, with_index(model::to_json(task->value), call.context.state().revision()));
}

}  // namespace hancock::master::api
