#include "master/core/switch.h"

#include <algorithm>
#include <utility>

#include "master/core/events.h"
#include "master/core/leave.h"
#include "master/core/routes.h"
#include "master/core/steer.h"
#include "model/time.h"

namespace hancock::master {
namespace {

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

/// By the Version's record; where that cannot be read, by the entrances that there are.
void put_route_back(ServiceDraft& draft, uint32_t version, const Split& split) {
  const auto* from = draft.state().version(draft.view().ref, version);
  if (version == 0)
    draft.erase_route();
  else if (from)
    draft.put_route(from->value.spec(), split);
}

/// It drains by the switch's own barrier.
bool is_ours(const DeploymentView& view, const model::Task& task) {
  return task.intent() == model::TASK_INTENT_DRAIN && task.barrier() == view.deployment.barrier();
}

/// Tasks of the Version before that serve, or will at once when they are taken back.
uint32_t there_still(const DeploymentView& view) {
  uint32_t count = 0;
  for (const StoredTask* task : view.old)
    if (task->value.version() == view.deployment.from_version())
      count += is_staying(task->value) || is_ours(view, task->value);
  return count;
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
  guard_endpoints(draft, view.current);
  go_to(draft, next);
  draft.put_route(spec, all_to(next.to_version()));
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
  const model::Deployment& deployment = view.deployment;
  const uint32_t from = deployment.from_version();
  go_back(draft, view);
  const bool has_old = from != 0;
  // Else both serve until the old ones are as many as are wanted again: aim_of_serving() sees to that.
  const uint32_t there = there_still(view);
  const bool is_whole = !has_old || there >= draft.service().replicas();
  Split split = all_to(from);
  if (!is_whole && view.ready > 0) split = {{from, there}, {deployment.to_version(), view.ready}};
  if (!is_whole && there == 0 && view.ready > 0) split = all_to(deployment.to_version());
  put_route_back(draft, from, split);
  draft.erase_barrier(deployment.barrier());
  Leave leave(draft);
  if (is_whole) leave.open_barrier(view.current);
  draft.end_deployment(has_old ? model::DEPLOYMENT_STATE_ROLLED_BACK : model::DEPLOYMENT_STATE_FAILED,
                       has_old ? "deployment.rolled_back" : "deployment.failed", cause, std::move(message));
  for (const StoredTask* task : view.old)
    if (is_ours(view, task->value) && draft.has_room_for(2)) restore(draft, *task);
  for (const StoredTask* task : view.current)
    if (!is_whole || !leave.take_out(*task)) break;
  leave.close();
  draft.because("visitors are switched back");
}

}  // namespace hancock::master
