#include "master/api/views.h"

#include "master/api/call.h"
#include "master/core/freeze.h"
#include "model/json.h"

namespace hancock::master::api {

std::string service_view(const State& state, const Stored<model::Service>& service,
                         const std::string& waiting) {
  const model::Service& record = service.value;
  const ServiceRef ref{record.tenant(), record.app(), record.name()};
  size_t live = 0;
  size_t ready = 0;
  for (const std::string& id : state.tasks_of(ref)) {
    const auto* task = state.task(id);
    if (task == nullptr || !is_live(task->value)) continue;
    ++live;
    if (task->value.state() == model::TASK_STATE_READY) ++ready;
  }
  const auto* version = state.version(ref, record.latest_version());
  return with_members(model::to_json(record), fmt::format(R"("image":{},"tasks":{},"ready":{},"waiting":{})",
                                                          quote(version ? version->value.spec().image() : ""),
                                                          live, ready, quote(waiting)));
}

std::string app_view(const Stored<model::App>& app, const std::vector<std::string>& services) {
  std::string members = "\"services\":[";
  for (size_t i = 0; i < services.size(); ++i) {
    if (i > 0) members += ',';
    members += services[i];
  }
  return with_members(model::to_json(app.value), members + "]");
}

std::string items_of_diff(const std::vector<model::SpecChange>& changes) {
  std::string items;
  for (const model::SpecChange& change : changes) {
    items +=
        fmt::format(R"({}{{"field":{},"from":{},"to":{}}})", items.empty() ? "" : ",", quote(change.field),
                    change.from.empty() ? "null" : change.from, change.to.empty() ? "null" : change.to);
  }
  return items;
}

model::NodeResources used_on(const State& state, const std::string& node) {
  model::NodeResources used;
  for (const std::string& id : state.tasks_on(node)) {
    const auto* task = state.task(id);
    if (task == nullptr || !is_live(task->value)) continue;
    used.set_tasks(used.tasks() + 1);
    const auto* version = state.version(service_of(task->value), task->value.version());
    if (version == nullptr) continue;
    const model::ResourcesSpec& resources = version->value.spec().resources();
    used.set_cpu_millis(used.cpu_millis() + resources.cpu_millis());
    used.set_memory_bytes(used.memory_bytes() + resources.memory_bytes());
    used.set_pids(used.pids() + resources.pids());
  }
  return used;
}

std::string node_view(const State& state, const Stored<model::Node>& node) {
  model::Node record = node.value;
  *record.mutable_used() = used_on(state, record.name());
  if (std::string why = why_frozen(state, record.site()); !why.empty()) record.add_problems(std::move(why));
  return model::to_json(record);
}

}  // namespace hancock::master::api
