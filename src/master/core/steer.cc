#include "master/core/steer.h"

#include "master/core/endpoints.h"

namespace hancock::master {
namespace {

/// A Task that this Change has no room to take out would lose its visitors without a barrier.
bool leaves_somebody(const ServiceDraft& draft, const Aim& aim) {
  const ServiceView& view = draft.view();
  for (const StoredTask* task : view.live) {
    const uint32_t version = task->value.version();
    const bool loses_visitors = is_in_split(view.route->value, version) && !aim.split.contains(version);
    if (loses_visitors && is_staying(task->value) &&
        !draft.change().touches(draft.state().state_keys().task(task->value.id())))
      return true;
  }
  return false;
}

}  // namespace

void steer(ServiceDraft& draft, const Aim& aim) {
  const ServiceView& view = draft.view();
  if (aim.split.empty() || !view.route || view.route->value.split == aim.split) return;
  const auto* version = draft.state().version(view.ref, view.service().version());
  if (!version || version->value.spec().routes_size() == 0) return;
  if (leaves_somebody(draft, aim)) return;  // the next round
  std::vector<const StoredTask*> visited;
  for (const StoredTask* task : view.live)
    if (is_staying(task->value) && aim.split.contains(task->value.version())) visited.push_back(task);
  guard_endpoints(draft, visited);
  draft.put_route(version->value.spec(), aim.split);
  draft.because("visitors are shared out anew");
}

void guard_endpoints(ServiceDraft& draft, const std::vector<const StoredTask*>& tasks) {
  constexpr size_t kGuardsMax = 40;
  const auto& endpoints = draft.state().endpoints();
  size_t guards = 0;
  for (const StoredTask* task : tasks) {
    auto it = endpoints.find(EndpointRef{task->value.node(), task->value.id()});
    const std::string key = draft.state().keys().endpoint(task->value.node(), task->value.id());
    const bool has_room = guards < kGuardsMax && draft.has_room_for(1);
    if (it == endpoints.end() || draft.change().touches(key) || !has_room) continue;
    draft.change().guard_unchanged(key, it->second.revision);
    ++guards;
  }
}

}  // namespace hancock::master
