// An operator empties a Node, and takes that back.
#include <fmt/format.h>

#include "master/core/events.h"
#include "master/core/request_checks.h"
#include "master/core/timing.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master {
namespace {

RequestResult<const Stored<model::Node>*> known_node(const State& state, const std::string& name) {
  if (state.is_unreadable(state.state_keys().node(name)))
    return refuse({ErrorCode::kUnavailable,
                   fmt::format("the record of node {} cannot be read; an operator has to mend it", name),
                   {},
                   name,
                   {}});
  const auto* node = state.node(name);
  if (!node) return refuse({ErrorCode::kNotFound, fmt::format("there is no node {}", name), {}, name, {}});
  return node;
}

std::vector<Change> put_node(const State& state, const Stored<model::Node>& before, const model::Node& after,
                             std::string_view kind, WallTime wall) {
  std::vector<Change> changes(1);
  changes[0].why = fmt::format("node {}: {}", after.name(), kind);
  changes[0].replace(state.state_keys().node(after.name()), after, before.revision);
  changes[0].events.push_back(event_of(kind, after, wall));
  return changes;
}

}  // namespace

RequestResult<std::vector<Change>> drain_node(const State& state, const std::string& name,
                                              std::optional<Duration> within, WallTime wall) {
  const auto found = known_node(state, name);
  if (!found) return tl::unexpected(found.error());
  model::Node node = (*found)->value;
  if (!node.has_drain_since()) *node.mutable_drain_since() = model::to_proto(wall);
  node.clear_drain_deadline();
  if (within) *node.mutable_drain_deadline() = model::to_proto(later(wall, *within));
  if (node.state() == model::NODE_STATE_READY) node.set_state(model::NODE_STATE_DRAINING);
  auto changes = put_node(state, **found, node, "node.draining", wall);
  if (within) changes[0].events.back().set_message(fmt::format("within {}", model::format_duration(*within)));
  return changes;
}

RequestResult<std::vector<Change>> undrain_node(const State& state, const std::string& name, WallTime wall) {
  const auto found = known_node(state, name);
  if (!found) return tl::unexpected(found.error());
  model::Node node = (*found)->value;
  if (!node.has_drain_since()) return std::vector<Change>{};
  node.clear_drain_since();
  node.clear_drain_deadline();
  if (node.state() == model::NODE_STATE_DRAINING) node.set_state(model::NODE_STATE_READY);
  return put_node(state, **found, node, "node.undrained", wall);
}

}  // namespace hancock::master
