#include "master/core/latest_time.h"

#include <algorithm>

#include "model/time.h"

namespace hancock::master {

WallTime latest_time(const State& state) {
  WallTime latest{};
  const auto see = [&](const auto&... times) {
    ((latest = std::max(latest, model::from_proto(times))), ...);
  };
  if (!state.events().empty()) {
    const auto& events = state.events().rbegin()->second.value.events();
    if (!events.empty()) see(events.rbegin()->time());
  }
  for (const auto& [id, task] : state.tasks()) {
    const model::Task& is = task.value;
    see(is.created_at(), is.acknowledged_at(), is.returned_at(), is.ended_at());
  }
  for (const auto& [id, deployment] : state.deployments()) {
    const model::Deployment& is = deployment.value;
    see(is.created_at(), is.phase_since(), is.progress_at(), is.ended_at());
  }
  for (const auto& [name, node] : state.nodes()) see(node.value.created_at(), node.value.silent_since());
  for (const auto& [name, site] : state.sites())
    see(site.value.frozen_at(), site.value.calm_since(), site.value.thawed_at());
  return latest;
}

}  // namespace hancock::master
