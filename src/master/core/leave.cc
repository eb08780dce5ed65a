#include "master/core/leave.h"

#include <utility>

#include "master/core/endpoints.h"
#include "master/core/routes.h"

namespace hancock::master {
namespace {

using registry::EndpointState;

/// Of a Task that close() is to drain: its record and its endpoint.
constexpr size_t kOperationsPerDrain = 2;
/// Of one that was not registered: guards of its record, its endpoint and its Node's fence.
constexpr size_t kGuardsPerLeaving = 3;

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
  if (!draft_.has_room_for(kOperationsPerDrain * draining_.size() + kGuardsPerLeaving)) return false;
  if (!has_endpoint(draft_.state(), task.value) && !forestall(task.value)) return false;
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

/// Its Agent compares nodes/<node> in what it writes: a registration that is under way comes to nothing.
bool Leave::forestall(const model::Task& task) {
  const State& state = draft_.state();
  const std::string key = state.keys().node(task.node());
  const auto record = state.node_records().find(task.node());
  const bool is_renewed = record == state.node_records().end() || draft_.change().touches(key);
  // Two Changes of a round that put one record anew cannot both be made.
  if (!is_renewed && !draft_.round().renewed.insert(task.node()).second) {
    draft_.round().look_again(draft_.round().now);
    return false;
  }
  if (!is_renewed) draft_.change().replace(key, record->second.text, record->second.revision);
  draft_.change().guard_absent(state.keys().endpoint(task.node(), task.id()));
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
  task.clear_acknowledged_at();  // of a barrier before
  draft_.put_task(before, task);
  set_endpoint_state(draft_.state(), task, EndpointState::kDraining, draft_.change());
}

void Leave::release(const StoredTask& before) {
  model::Task task = before.value;
  task.set_intent(model::TASK_INTENT_RELEASE);
  draft_.put_task(before, task);
  // Its Version may be switched to before its Agent has taken it out.
  set_endpoint_state(draft_.state(), task, EndpointState::kDraining, draft_.change());
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
