#include "master/core/service_view.h"

#include "master/core/service_edit.h"

namespace hancock::master {

ServiceView view_of(const State& state, const ServiceRef& ref) {
  ServiceView view;
  view.ref = ref;
  view.stored = state.service(ref);
  view.deployment = running_deployment(state, view.stored->value);
  view.held = held_deployment(state, view.stored->value);
  for (const std::string& id : state.tasks_of(ref)) {
    const StoredTask* task = state.task(id);
    (is_live(task->value) ? view.live : view.ended).push_back(task);
  }
  if (auto route = state.routes().find(ref); route != state.routes().end()) view.route = &route->second;
  view.is_route_unreadable = state.is_unreadable(state.keys().route(ref.tenant, ref.app, ref.service));
  return view;
}

bool is_staying(const model::Task& task) { return is_live(task) && task.intent() == model::TASK_INTENT_RUN; }

}  // namespace hancock::master
