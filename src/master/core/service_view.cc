#include "master/core/service_view.h"

#include <algorithm>

#include "master/core/service_edit.h"

namespace hancock::master {

ServiceView view_of(const State& state, const ServiceRef& ref) {
  ServiceView view;
  view.ref = ref;
  view.stored = state.service(ref);
  view.deployment = running_deployment(state, view.stored->value);
  for (const std::string& id : state.tasks_of(ref)) {
    const StoredTask* task = state.task(id);
    (is_live(task->value) ? view.live : view.ended).push_back(task);
  }
  if (auto route = state.routes().find(ref); route != state.routes().end()) view.route = &route->second;
  view.is_route_unreadable = state.is_unreadable(state.keys().route(ref.tenant, ref.app, ref.service));
  return view;
}

bool is_staying(const model::Task& task) { return is_live(task) && task.intent() == model::TASK_INTENT_RUN; }

std::map<uint32_t, uint32_t> wanted_of(const ServiceView& view) {
  std::map<uint32_t, uint32_t> wanted;
  const model::Service& service = view.service();
  if (service.removing()) return wanted;
  if (!service.stopped() && service.version() != 0) wanted[service.version()] = service.replicas();
  if (view.is_before_switch()) {
    uint32_t& count = wanted[view.deployment->value.to_version()];
    count = std::max(count, view.deployment->value.wanted());
  }
  return wanted;
}

}  // namespace hancock::master
