#include "master/core/assignments.h"

namespace hancock::master {
namespace {

/// Whose they are cannot be said: who has such a Task keeps what runs of it, all others pass it over.
void add_unreadable(const State& state, std::vector<Assigned>& assigned) {
  const std::string tasks = state.state_keys().task("");
  for (auto it = state.unreadable().lower_bound(tasks);
       it != state.unreadable().end() && it->first.starts_with(tasks); ++it)
    assigned.emplace_back().id = it->first.substr(tasks.size());
}

}  // namespace

std::vector<Assigned> assigned_on(const State& state, std::string_view node) {
  std::vector<Assigned> assigned;
  for (const std::string& id : state.tasks_on(node)) {
    const model::Task& task = state.task(id)->value;
    if (!is_live(task) || is_undecided(task)) continue;
    assigned.push_back({id, &task, state.version(service_of(task), task.version())});
  }
  add_unreadable(state, assigned);
  return assigned;
}

model::Assignment assignment_of(const Assigned& assigned) {
  model::Assignment assignment;
  assignment.set_task(assigned.id);
  if (assigned.task == nullptr) return assignment;
  const model::Task& task = *assigned.task;
  assignment.set_tenant(task.tenant());
  assignment.set_app(task.app());
  assignment.set_service(task.service());
  assignment.set_version(task.version());
  assignment.set_intent(task.intent());
  if (assigned.version == nullptr) return assignment;
  *assignment.mutable_spec() = assigned.version->value.spec();
  assignment.set_digest(assigned.version->value.digest());
  return assignment;
}

std::vector<model::Assignment> assignments_for(const State& state, std::string_view node) {
  std::vector<model::Assignment> assignments;
  for (const Assigned& each : assigned_on(state, node)) assignments.push_back(assignment_of(each));
  return assignments;
}

bool is_undecided(const model::Task& task) {
  if (task.may_return()) return true;
  return is_live(task) && task.intent() == model::TASK_INTENT_DRAIN && task.has_returned_at() &&
         task.barrier().empty() && !task.has_acknowledged_at();
}

std::set<std::string> undecided_on(const State& state, std::string_view node) {
  std::set<std::string> found;
  for (const std::string& id : state.tasks_on(node))
    if (is_undecided(state.task(id)->value)) found.insert(id);
  return found;
}

}  // namespace hancock::master
