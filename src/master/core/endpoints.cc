#include "master/core/endpoints.h"

namespace hancock::master {
namespace {

std::string key_of(const State& state, const model::Task& task) {
  return state.keys().endpoint(task.node(), task.id());
}

const Registered<registry::Endpoint>* find(const State& state, const model::Task& task) {
  auto it = state.endpoints().find(EndpointRef{task.node(), task.id()});
  return it == state.endpoints().end() ? nullptr : &it->second;
}

}  // namespace

bool has_endpoint(const State& state, const model::Task& task) {
  return find(state, task) || state.is_unreadable(key_of(state, task));
}

bool is_serving(const State& state, const model::Task& task) {
  const auto* endpoint = find(state, task);
  return endpoint && endpoint->value.state == registry::EndpointState::kReady;
}

void set_endpoint_state(const State& state, const model::Task& task, registry::EndpointState wanted,
                        Change& change) {
  const auto* endpoint = find(state, task);
  if (!endpoint) {
    if (wanted == registry::EndpointState::kDraining) erase_endpoint(state, task, change);
    return;
  }
  if (endpoint->value.state == wanted) return;
  registry::Endpoint edited = endpoint->value;
  edited.state = wanted;
  change.replace(key_of(state, task), registry::encode(edited, endpoint->text), endpoint->revision);
}

void erase_endpoint(const State& state, const model::Task& task, Change& change) {
  std::string key = key_of(state, task);
  if (const auto* endpoint = find(state, task))
    change.erase(std::move(key), endpoint->revision);
  else if (auto bad = state.unreadable().find(key); bad != state.unreadable().end())
    change.erase(std::move(key), bad->second.revision);
}

}  // namespace hancock::master
