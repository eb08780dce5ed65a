#include "master/core/switch.h"

#include <algorithm>
#include <utility>

#include "master/core/events.h"
#include "master/core/leave.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// The Tasks that visitors are sent to must still be there when the Change is made.
void guard_endpoints(ServiceDraft& draft, const DeploymentView& view) {
  constexpr size_t kGuardsMax = 40;
  const auto& endpoints = draft.state().endpoints();
  size_t guards = 0;
  for (const StoredTask* task : view.current) {
    auto it = endpoints.find(EndpointRef{task->value.node(), task->value.id()});
    if (it == endpoints.end() || ++guards > kGuardsMax) continue;
    draft.change().guard_unchanged(draft.state().keys().endpoint(task->value.node(), task->value.id()),
                                   it->second.revision);
  }
}

bool concerns_gateways(const ServiceDraft& draft, const model::ServiceSpec& spec) {
  return spec.routes_size() > 0 || draft.view().route || draft.view().is_route_unreadable;
}

void go_to(ServiceDraft& draft, model::Deployment& next) {
  model::Service& service = draft.service();
  service.set_version(next.to_version());
  service.set_stopped(false);
  next.set_replicas_before(service.replicas());
  service.set_replicas(next.wanted());
}

void go_back(ServiceDraft& draft, const DeploymentView& view) {
  model::Service& service = draft.service();
  service.set_version(view.deployment.from_version());
  if (!view.deployment.was_stopped()) {
    if (view.deployment.has_replicas_before()) service.set_replicas(view.deployment.replicas_before());
    return;
  }
  service.set_replicas_before_stop(service.replicas());
  service.set_replicas(0);
  service.set_stopped(true);
}

std::vector<const StoredTask*> staying(const std::vector<const StoredTask*>& tasks) {
  std::vector<const StoredTask*> found;
  for (const StoredTask* task : tasks)
    if (is_staying(task->value)) found.push_back(task);
  return found;
}

/// From the Version's record; where that cannot be read, by the entrances that there are.
void put_route_back(ServiceDraft& draft, uint32_t version) {
  const auto* from = draft.state().version(draft.view().ref, version);
  if (version == 0)
    draft.erase_route();
  else if (from)
    draft.put_route(from->value.spec(), version);
}

}  // namespace

void switch_over(ServiceDraft& draft, const DeploymentView& view) {
  const WallTime wall = draft.round().wall;
  const model::ServiceSpec& spec = view.to->spec();
  const bool has_barrier = concerns_gateways(draft, spec);
  model::Deployment next = view.deployment;
  next.set_ready(view.ready);
  next.clear_message();
  next.set_phase(has_barrier ? model::DEPLOYMENT_PHASE_SWITCH : model::DEPLOYMENT_PHASE_DRAIN);
  *next.mutable_phase_since() = model::to_proto(wall);

  const auto old = staying(view.old);
  guard_endpoints(draft, view);
  go_to(draft, next);
  draft.put_route(spec, next.to_version());
  Leave leave(draft);
  if (has_barrier) next.set_barrier(leave.open_barrier(old));
  draft.put_deployment(next);
  for (const StoredTask* task : old)
    if (!leave.take_out(*task)) break;
  leave.close();
  draft.change().events.push_back(event_of("deployment.switched", next, wall));
  draft.because("visitors are switched to the new version");
}

void switch_again(ServiceDraft& draft, const DeploymentView& view) {
  std::vector<std::string> tasks;
  for (const StoredTask* task : view.old)
    if (task->value.barrier() == view.deployment.barrier()) tasks.push_back(task->value.id());
  model::Deployment next = view.deployment;
  next.set_barrier(draft.put_barrier(std::move(tasks)));
  draft.put_deployment(next);
  for (const StoredTask* task : view.old) {
    if (task->value.barrier() != view.deployment.barrier() || !draft.has_room_for(1)) continue;
    model::Task after = task->value;
    after.set_barrier(next.barrier());
    draft.put_task(*task, after);
  }
  draft.because("the barrier was gone");
}

void switch_back(ServiceDraft& draft, const DeploymentView& view, std::string_view cause,
                 std::string message) {
  go_back(draft, view);
  put_route_back(draft, view.deployment.from_version());
  draft.erase_barrier(view.deployment.barrier());
  Leave leave(draft);
  leave.open_barrier(view.current);
  const bool has_old = view.deployment.from_version() != 0;
  draft.end_deployment(has_old ? model::DEPLOYMENT_STATE_ROLLED_BACK : model::DEPLOYMENT_STATE_FAILED,
                       has_old ? "deployment.rolled_back" : "deployment.failed", cause, std::move(message));
  for (const StoredTask* task : view.old) {
    const bool is_ours = task->value.barrier() == view.deployment.barrier() &&
                         task->value.intent() == model::TASK_INTENT_DRAIN;
    if (is_ours && draft.has_room_for(2)) restore(draft, *task);
  }
  for (const StoredTask* task : view.current)
    if (!leave.take_out(*task)) break;
  leave.close();
  draft.because("visitors are switched back");
}

}  // namespace hancock::master
