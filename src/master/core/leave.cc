#include "master/core/leave.h"

#include <utility>

#include "master/core/endpoints.h"
#include "master/core/routes.h"

namespace hancock::master {
namespace {

using registry::EndpointState;

/// Of one Task: its record and its endpoint.
constexpr size_t kOperationsPerLeaving = 2;

bool was_registered(const State& state, const model::Task& task) {
  return has_endpoint(state, task) || task.has_ready_at() || task.state() == model::TASK_STATE_READY ||
         task.state() == model::TASK_STATE_DRAINING;
}

}  // namespace

bool Leave::may_have_visitors(const model::Task& task) const {
  const ServiceView& view = draft_.view();
  if (!was_registered(draft_.state(), task)) return false;
  if (task.has_returned_at()) return true;  // some may have held out there while its Node was away
  return view.is_route_unreadable || (view.route && is_in_split(view.route->value, task.version()));
}

std::string Leave::open_barrier(const std::vector<const StoredTask*>& tasks) {
  for (const StoredTask* task : tasks)
    if (may_have_visitors(task->value)) listed_.insert(task->value.id());
  barrier_ = draft_.put_barrier({listed_.begin(), listed_.end()});
  return barrier_;
}

bool Leave::take_out(const StoredTask& task) {
  if (!draft_.has_room_for(kOperationsPerLeaving * (draining_.size() + 1))) return false;
  const std::string& id = task.value.id();
  auto listed = draft_.round().leaving_by.find(id);
  if (listed_.contains(id))
    drain(task, barrier_);
  else if (listed != draft_.round().leaving_by.end())
    drain(task, listed->second);
  else if (may_have_visitors(task.value))
    draining_.push_back(&task);
  else
    release(task);
  return true;
}

void Leave::close() {
  if (draining_.empty()) return;
  std::vector<std::string> ids;
  for (const StoredTask* task : draining_) ids.push_back(task->value.id());
  const std::string barrier = draft_.put_barrier(std::move(ids));
  for (const StoredTask* task : std::exchange(draining_, {})) drain(*task, barrier);
}

void Leave::drain(const StoredTask& before, const std::string& barrier) {
  model::Task task = before.value;
  task.set_intent(model::TASK_INTENT_DRAIN);
  task.set_barrier(barrier);
  draft_.put_task(before, task);
  set_endpoint_state(draft_.state(), task, EndpointState::kDraining, draft_.change());
}

void Leave::release(const StoredTask& before) {
  model::Task task = before.value;
  task.set_intent(model::TASK_INTENT_RELEASE);
  draft_.put_task(before, task);
  // It must not have been registered in the meantime.
  if (!was_registered(draft_.state(), task))
    draft_.change().guard_absent(draft_.state().keys().endpoint(task.node(), task.id()));
}

void restore(ServiceDraft& draft, const StoredTask& before) {
  model::Task task = before.value;
  task.set_intent(model::TASK_INTENT_RUN);
  task.clear_barrier();
  task.clear_acknowledged_at();
  draft.put_task(before, task);
  set_endpoint_state(draft.state(), task, EndpointState::kReady, draft.change());
}

}  // namespace hancock::master
