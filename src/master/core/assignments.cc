#include "master/core/assignments.h"

namespace hancock::master {
namespace {

/// Whose they are cannot be said: who has such a Task keeps what runs of it, all others pass it over.
void add_unreadable(const State& state, std::vector<model::Assignment>& assignments) {
  const std::string tasks = state.state_keys().task("");
  for (auto it = state.unreadable().lower_bound(tasks);
       it != state.unreadable().end() && it->first.starts_with(tasks); ++it)
    assignments.emplace_back().set_task(it->first.substr(tasks.size()));
}

}  // namespace

std::vector<model::Assignment> assignments_for(const State& state, std::string_view node) {
  std::vector<model::Assignment> assignments;
  for (const std::string& id : state.tasks_on(node)) {
    const model::Task& task = state.task(id)->value;
    if (!is_live(task) || is_undecided(task)) continue;
    model::Assignment& assignment = assignments.emplace_back();
    assignment.set_task(id);
    assignment.set_tenant(task.tenant());
    assignment.set_app(task.app());
    assignment.set_service(task.service());
    assignment.set_version(task.version());
    assignment.set_intent(task.intent());
    if (const auto* version = state.version(service_of(task), task.version())) {
      *assignment.mutable_spec() = version->value.spec();
      assignment.set_digest(version->value.digest());
    }
  }
  add_unreadable(state, assignments);
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
