#include "master/core/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/units.h"

namespace hancock::master {
namespace {

uint64_t left(uint64_t capacity, uint64_t used) { return capacity > used ? capacity - used : 0; }

/// An Agent that cannot tell says 0.
bool is_bounded(uint64_t capacity) { return capacity > 0; }

bool has_labels(const model::Node& node, const model::PlacementSpec& placement) {
  return std::all_of(placement.labels().begin(), placement.labels().end(), [&](const auto& wanted) {
    auto label = node.labels().find(wanted.first);
    if (label == node.labels().end()) return false;
    const auto& values = wanted.second.values();
    return std::find(values.begin(), values.end(), label->second) != values.end();
  });
}

uint64_t free_of(Fit reason, const Room& room) {
  const model::NodeResources& capacity = room.node->capacity();
  if (reason == Fit::kCpu) return left(capacity.cpu_millis(), room.cpu_millis);
  if (reason == Fit::kMemory) return left(capacity.memory_bytes(), room.memory_bytes);
  if (reason == Fit::kPids) return left(capacity.pids(), room.pids);
  return 0;
}

}  // namespace

Fit fit(const Room& room, const model::ServiceSpec& spec, uint32_t running) {
  const model::PlacementSpec& placement = spec.placement();
  const model::ResourcesSpec& want = spec.resources();
  const model::NodeResources& capacity = room.node->capacity();
  if (room.node->state() == model::NODE_STATE_DRAINING) return Fit::kDraining;
  if (!room.is_open) return Fit::kNotReady;
  const auto& sites = placement.sites();
  if (!sites.empty() && std::find(sites.begin(), sites.end(), room.node->site()) == sites.end())
    return Fit::kSite;
  if (!has_labels(*room.node, placement)) return Fit::kLabels;
  if (placement.max_per_node() > 0 && running >= placement.max_per_node()) return Fit::kFull;
  if (want.cpu_millis() > free_of(Fit::kCpu, room)) return Fit::kCpu;
  if (want.memory_bytes() > free_of(Fit::kMemory, room)) return Fit::kMemory;
  if (is_bounded(capacity.pids()) && want.pids() > free_of(Fit::kPids, room)) return Fit::kPids;
  if (is_bounded(capacity.tasks()) && room.tasks >= capacity.tasks()) return Fit::kTasks;
  return Fit::kYes;
}

void Misfits::add(Fit reason, const Room& room) {
  Group& group = groups_[static_cast<size_t>(reason)];
  ++group.nodes;
  group.free_max = std::max(group.free_max, free_of(reason, room));
}

std::string Misfits::describe(Fit reason, const Group& group) const {
  const model::ResourcesSpec& want = spec_.resources();
  const char* lack = group.nodes == 1 ? "lacks" : "lack";
  switch (reason) {
    case Fit::kYes:
      return "free";
    case Fit::kNotReady:
      return "not ready";
    case Fit::kDraining:
      return "draining";
    case Fit::kSite:
      return "of another site";
    case Fit::kLabels:
      return "without the labels";
    case Fit::kFull:
      return fmt::format("with max_per_node ({}) reached", spec_.placement().max_per_node());
    case Fit::kCpu:
      return fmt::format("{} CPU (want {}, free {})", lack, model::format_cpu(want.cpu_millis()),
                         model::format_cpu(group.free_max));
    case Fit::kMemory:
      return fmt::format("{} memory (want {}, free {})", lack, model::format_size(want.memory_bytes()),
                         model::format_size(group.free_max));
    case Fit::kPids:
      return fmt::format("{} pids (want {}, free {})", lack, want.pids(), group.free_max);
    case Fit::kTasks:
      return "with as many Tasks as allowed";
  }
  return {};
}

std::string Misfits::to_string() const {
  uint32_t nodes = 0;
  std::string reasons;
  for (size_t reason = 0; reason < kFits; ++reason) {
    const Group& group = groups_[reason];
    if (group.nodes == 0) continue;
    nodes += group.nodes;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", group.nodes,
                           describe(static_cast<Fit>(reason), group));
  }
  if (nodes == 0) return "there are no nodes";
  return fmt::format("{} {}: {}", nodes, nodes == 1 ? "node" : "nodes", reasons);
}

}  // namespace hancock::master
