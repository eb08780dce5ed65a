#include "master/core/nodes.h"

#include <fmt/format.h>

#include <chrono>

#include "master/core/endpoints.h"
#include "master/core/events.h"
#include "master/core/freeze.h"
#include "master/core/timing.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master {
namespace {

using model::Node;
using model::NodeState;

/// A Node without Tasks is lost after as long as most Services say.
constexpr Duration kLostAfter = model::defaults::kLostAfter;
/// A Task that is given up: its record and its endpoint.
constexpr size_t kOperationsPerLostTask = 2;

Duration lost_after_of(const State& state, const model::Task& task) {
  const auto* version = state.version(service_of(task), task.version());
  return version ? lost_after(version->value.spec().disconnect()) : kLostAfter;
}

std::string seconds(Duration duration) {
  return model::format_duration(std::chrono::floor<std::chrono::seconds>(duration));
}

NodeState state_by_silence(const Round& round, const Node& node) {
  const Duration silence = round.silence(node.name());
  if (silence < kSuspectAfter) {
    // Whether a Node is back is only known once it has reported to this leader.
    if (!round.contacts.has_reported(node.name())) return node.state();
    // It was silent for at least as long when it was lost.
    const bool is_back = round.contacts.was_heard_within(node.name(), kLostAfterMin, round.now);
    if (node.state() == model::NODE_STATE_LOST && !is_back) return node.state();
    return node.has_drain_since() ? model::NODE_STATE_DRAINING : model::NODE_STATE_READY;
  }
  if (node.state() == model::NODE_STATE_LOST) return node.state();
  if (silence >= kDisconnectedAfter) return model::NODE_STATE_DISCONNECTED;
  return node.state() == model::NODE_STATE_DISCONNECTED ? node.state() : model::NODE_STATE_SUSPECT;
}

bool is_heard(const Node& node) {
  return node.state() == model::NODE_STATE_READY || node.state() == model::NODE_STATE_DRAINING;
}

const char* kind_of(NodeState state) {
  switch (state) {
    case model::NODE_STATE_SUSPECT:
      return "node.suspect";
    case model::NODE_STATE_DISCONNECTED:
      return "node.disconnected";
    case model::NODE_STATE_LOST:
      return "node.lost";
    case model::NODE_STATE_DRAINING:
      return "node.draining";
    default:
      return "node.ready";
  }
}

void add_node_event(const Round& round, const Node& node, Change& change) {
  change.events.push_back(event_of(kind_of(node.state()), node, round.wall));
  if (is_heard(node)) return;
  const Duration silence = round.silence(node.name());
  change.events.back().set_message(fmt::format("silent for {}", seconds(silence)));
  (*change.events.back().mutable_figures())["silent_seconds"] =
      std::chrono::duration<double>(silence).count();
}

/// Writes nodes/<node> anew: what that Node's Agent sends late compares a mod_revision that is gone. With a
/// higher incarnation gateways let go of all that it has registered, too.
void renew_fence(Round& round, Node& node, bool raises, Change& change) {
  round.renewed.insert(node.name());
  auto before = round.state.node_records().find(node.name());
  const bool is_known = before != round.state.node_records().end();
  const int64_t known = std::max(node.incarnation(), is_known ? before->second.value.incarnation : 0);
  node.set_incarnation(raises || known == 0 ? known + 1 : known);
  registry::NodeRecord record{node.name(), node.site(), node.incarnation()};
  const std::string key = round.state.keys().node(node.name());
  const store::Revision revision = is_known ? before->second.revision : round.state.unreadable_revision(key);
  change.replace(key, registry::encode(record, is_known ? before->second.text : std::string()), revision);
}

/// What still runs of it is offered when the Node is back, unless nobody needs it any more.
void give_up(const Round& round, const Stored<model::Task>& task, Change& change) {
  model::Task lost = task.value;
  lost.set_state(model::TASK_STATE_LOST);
  lost.set_message(
      fmt::format("node {} was silent for {}", lost.node(), seconds(round.silence(lost.node()))));
  lost.set_may_return(lost.intent() != model::TASK_INTENT_RELEASE);
  *lost.mutable_ended_at() = model::to_proto(round.wall);
  change.replace(round.state.state_keys().task(lost.id()), lost, task.revision);
  erase_endpoint(round.state, lost, change);
  change.events.push_back(event_of("task.lost", lost, round.wall));
}

/// Says since when it has been silent, or that it is not.
void note_silence(const Round& round, Node& node) {
  if (is_heard(node)) return node.clear_silent_since();
  if (const auto since = silent_since(node, round.contacts, round.now, round.wall))
    *node.mutable_silent_since() = model::to_proto(*since);
}

/// A silent Node's Tasks by what their Services say.
struct Silent {
  std::vector<const Stored<model::Task>*> due;
  bool has_others = false;  // that are not given up yet

  bool is_whole() const { return !has_others; }
};

/// A leader that has not heard of a Node in its reign gives it time to find it; and no Task is lost before
/// its Node counts among its Site's silent ones.
TimePoint lost_at(const Round& round, const model::Task& task) {
  const Duration patience =
      round.contacts.has_reported(task.node()) ? round.contacts.patience(task.node()) : kDisconnectedAfter;
  const Duration after = std::max(lost_after_of(round.state, task), patience);
  const TimePoint last = round.contacts.last(task.node());
  return after < kForever - last ? last + after : kForever;
}

Silent silent_tasks(Round& round, const std::string& node) {
  Silent silent;
  if (round.silence(node) < kLostAfterMin) {  // none can be due
    round.look_again(round.contacts.last(node) + kLostAfterMin);
    silent.has_others = true;
    return silent;
  }
  for (const std::string& id : round.state.tasks_on(node)) {
    const Stored<model::Task>* task = round.state.task(id);
    if (!is_live(task->value)) continue;
    const TimePoint at = lost_at(round, task->value);
    if (round.now >= at)
      silent.due.push_back(task);
    else
      silent.has_others = true;
    if (round.now < at) round.look_again(at);
  }
  return silent;
}

/// The Node is lost with its last Task. As long as others stay, gateways keep what it has registered for
/// them. The next round finds what does not fit into this Change.
Change lose_tasks(Round& round, const Stored<Node>& before, const Silent& silent) {
  Node node = before.value;
  Change change;
  const bool becomes_lost = silent.is_whole() && node.state() != model::NODE_STATE_LOST;
  renew_fence(round, node, becomes_lost, change);
  if (becomes_lost) {
    node.set_state(model::NODE_STATE_LOST);
    note_silence(round, node);
    add_node_event(round, node, change);
  }
  change.replace(round.state.state_keys().node(node.name()), node, before.revision);
  for (const auto* task : silent.due) {
    if (!change.has_room_for(kOperationsPerLostTask)) break;
    give_up(round, *task, change);
  }
  change.why = fmt::format("node {} is silent: Tasks are lost", node.name());
  return change;
}

void reconcile_node(Round& round, const Stored<Node>& before) {
  const std::string& name = before.value.name();
  const Duration silence = round.silence(name);
  const Silent silent = silent_tasks(round, name);
  const bool is_empty = silent.due.empty() && !silent.has_others;
  const bool is_idle_lost =
      is_empty && silence >= kLostAfter && before.value.state() != model::NODE_STATE_LOST;
  if (!silent.due.empty() || is_idle_lost) return round.add(lose_tasks(round, before, silent));

  for (Duration after : {kSuspectAfter, kDisconnectedAfter, kLostAfter})
    if (silence < after) round.look_again(round.contacts.last(name) + after);
  const NodeState state = state_by_silence(round, before.value);
  if (state == before.value.state()) return;
  Node node = before.value;
  node.set_state(state);
  note_silence(round, node);
  Change change;
  change.why = fmt::format("node {}: {}", name, kind_of(state));
  change.replace(round.state.state_keys().node(name), node, before.revision);
  add_node_event(round, node, change);
  round.add(std::move(change));
}

}  // namespace

void reconcile_nodes(Round& round) {
  for (const auto& [name, node] : round.state.nodes()) reconcile_node(round, node);
}

}  // namespace hancock::master
