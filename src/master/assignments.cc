#include "master/assignments.h"

namespace hancock::master {

std::vector<model::Assignment> assignments_for(const State& state, std::string_view node) {
  std::vector<model::Assignment> assignments;
  for (const std::string& id : state.tasks_on(node)) {
    const model::Task& task = state.task(id)->value;
    if (!is_live(task)) continue;
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
  return assignments;
}

}  // namespace hancock::master
