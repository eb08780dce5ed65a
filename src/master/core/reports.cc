#include "master/core/reports.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <set>

#include "master/core/events.h"
#include "model/time.h"

namespace hancock::master {
namespace {

using google::protobuf::util::MessageDifferencer;
using model::Node;
using model::NodeReport;
using model::Task;
using model::TaskReport;

constexpr const char* kDefaultSite = "default";

/// Of free text: it goes into Events and Deployments, many in one transaction.
constexpr size_t kMessageMax = 1'024;

/// Operations that one Task may need: its record, its Version's digest.
constexpr size_t kOperationsPerReport = 2;

/// Never within a character: what is no UTF-8 could not be read again.
std::string cut(const std::string& text) {
  size_t size = std::min(text.size(), kMessageMax);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

bool has_node_part(const NodeReport& report) { return report.full() || report.has_capacity(); }

void copy_node_part(const NodeReport& report, Node& node) {
  node.set_site(report.site().empty() ? kDefaultSite : report.site());
  *node.mutable_labels() = report.labels();
  node.set_address(report.address());
  node.set_version(report.version());
  node.set_boot_id(report.boot_id());
  *node.mutable_capacity() = report.capacity();
  *node.mutable_problems() = report.problems();
}

void put_registry_record(const State& state, const Node& node, Change& change) {
  const std::string key = state.keys().node(node.name());
  auto before = state.node_records().find(node.name());
  registry::NodeRecord record{node.name(), node.site(), node.incarnation()};
  if (before == state.node_records().end())
    change.replace(key, registry::encode(record), state.unreadable_revision(key));
  else if (before->second.value != record)
    change.replace(key, registry::encode(record, before->second.text), before->second.revision);
}

Change join_node(const State& state, const NodeReport& report, WallTime wall) {
  Node node;
  node.set_name(report.node());
  copy_node_part(report, node);
  node.set_state(model::NODE_STATE_READY);
  *node.mutable_created_at() = model::to_proto(wall);
  auto before = state.node_records().find(report.node());
  node.set_incarnation(before == state.node_records().end() ? 1 : before->second.value.incarnation + 1);
  Change change;
  change.why = fmt::format("node {} reports for the first time", report.node());
  change.replace(state.state_keys().node(node.name()), node, {});
  put_registry_record(state, node, change);
  change.events.push_back(event_of("node.joined", node, wall));
  return change;
}

Change update_node(const State& state, const Stored<Node>& before, const NodeReport& report, WallTime wall) {
  Node node = before.value;
  copy_node_part(report, node);
  Change change;
  if (MessageDifferencer::Equals(node, before.value)) return change;
  change.why = fmt::format("node {} has changed", node.name());
  change.replace(state.state_keys().node(node.name()), node, before.revision);
  put_registry_record(state, node, change);
  if (before.value.boot_id() != node.boot_id() && !before.value.boot_id().empty())
    change.events.push_back(event_of("node.booted", node, wall));
  for (const std::string& problem : node.problems()) {
    const auto& known = before.value.problems();
    if (std::find(known.begin(), known.end(), problem) != known.end()) continue;
    change.events.push_back(event_of("node.problem", node, wall));
    change.events.back().set_message(problem);
  }
  return change;
}

/// What `report` makes of `task`. An Agent never says lost: that is the leader's word.
Task updated(const Task& task, const TaskReport& report, const Node* node, WallTime wall) {
  Task after = task;
  if (report.state() != model::TASK_STATE_LOST) after.set_state(report.state());
  after.set_message(cut(report.message()));
  if (!report.digest().empty()) after.set_digest(report.digest());
  *after.mutable_ports() = report.ports();
  after.set_restarts(report.restarts());
  if (report.has_ready_at()) *after.mutable_ready_at() = report.ready_at();
  if (report.has_started_at()) *after.mutable_started_at() = report.started_at();
  if (!report.container().empty()) after.set_container(report.container());
  if (!report.pre_stop_failure().empty()) after.set_pre_stop_failure(cut(report.pre_stop_failure()));
  if (report.has_exit()) *after.mutable_exit() = report.exit();
  // Why it was let go stays with it; one that is still wanted may recover.
  const bool is_settled = task.intent() != model::TASK_INTENT_RUN || !is_live(after);
  after.set_hopeless(report.hopeless() || (task.hopeless() && is_settled));
  if (node) after.set_address(node->address());
  if (!is_live(after)) *after.mutable_ended_at() = model::to_proto(wall);
  return after;
}

bool still_runs(model::TaskState state) {
  return state != model::TASK_STATE_STOPPING && state != model::TASK_STATE_STOPPED &&
         state != model::TASK_STATE_FAILED && state != model::TASK_STATE_LOST;
}

/// A Task that was given up, of which its Node says that it still runs: it is live again, and drains until
/// the reconciler has decided who stays (returns.h).
Task offered(const Task& task, const TaskReport& report, const Node* node, WallTime wall) {
  Task after = task;
  after.set_may_return(false);
  if (!still_runs(report.state())) return after;
  after.clear_ended_at();
  after.clear_barrier();
  after.clear_acknowledged_at();
  after.set_intent(model::TASK_INTENT_DRAIN);
  *after.mutable_returned_at() = model::to_proto(wall);
  return updated(after, report, node, wall);
}

std::string kind_of(model::TaskState state) {
  switch (state) {
    case model::TASK_STATE_ASSIGNED:
      return "task.assigned";
    case model::TASK_STATE_PULLING:
      return "task.pulling";
    case model::TASK_STATE_STARTING:
      return "task.starting";
    case model::TASK_STATE_RUNNING:
      return "task.running";
    case model::TASK_STATE_READY:
      return "task.ready";
    case model::TASK_STATE_DRAINING:
      return "task.draining";
    case model::TASK_STATE_STOPPING:
      return "task.stopping";
    case model::TASK_STATE_STOPPED:
      return "task.stopped";
    case model::TASK_STATE_FAILED:
      return "task.failed";
    case model::TASK_STATE_LOST:
      return "task.lost";
    default:
      return "task.changed";  // a state of a newer Agent
  }
}

void add_events(const Task& before, const Task& after, WallTime wall, Change& change) {
  if (!is_live(before) && is_live(after)) {
    change.events.push_back(event_of("task.returned", after, wall));
    return;
  }
  if (before.state() != after.state()) change.events.push_back(event_of(kind_of(after.state()), after, wall));
  if (before.pre_stop_failure().empty() && !after.pre_stop_failure().empty()) {
    change.events.push_back(event_of("task.pre_stop_failed", after, wall));
    change.events.back().set_message(after.pre_stop_failure());
  }
  if (before.restarts() < after.restarts()) {
    change.events.push_back(event_of("task.restarted", after, wall));
  } else if (before.state() == after.state() && !before.hopeless() && after.hopeless()) {
    change.events.push_back(event_of("task.hopeless", after, wall));
  }
}

/// The first Agent that resolved a Version's image decides what all its Tasks run.
void settle_digest(const State& state, const Task& task, Change& change) {
  if (task.digest().empty()) return;
  const auto* version = state.version(service_of(task), task.version());
  if (!version || !version->value.digest().empty()) return;
  std::string key = state.state_keys().version({service_of(task), task.version()});
  if (change.touches(key)) return;
  model::Version settled = version->value;
  settled.set_digest(task.digest());
  change.replace(std::move(key), settled, version->revision);
}

class TaskChanges {
 public:
  TaskChanges(const State& state, std::string_view node, WallTime wall)
      : state_(state), node_(node), wall_(wall) {}

  void put(const Stored<Task>& before, const Task& after) {
    if (MessageDifferencer::Equals(before.value, after)) return;
    if (changes_.empty() || !changes_.back().has_room_for(kOperationsPerReport)) {
      changes_.emplace_back();
      changes_.back().why = fmt::format("node {} reports on its Tasks", node_);
    }
    Change& change = changes_.back();
    change.replace(state_.state_keys().task(after.id()), after, before.revision);
    settle_digest(state_, after, change);
    add_events(before.value, after, wall_, change);
  }

  std::vector<Change> take() { return std::move(changes_); }

 private:
  const State& state_;
  std::string_view node_;
  WallTime wall_;
  std::vector<Change> changes_;
};

/// A full report without a Task that was released, or given up: the Agent has nothing of it any more. Of a
/// release that it had not heard of when it wrote, it says nothing.
void end_unreported(const State& state, const NodeReport& report, const std::set<std::string>& reported,
                    WallTime wall, TaskChanges& changes) {
  for (const std::string& id : state.tasks_on(report.node())) {
    const Stored<Task>& before = *state.task(id);
    if (reported.contains(id)) continue;
    Task after = before.value;
    after.set_may_return(false);
    const bool is_released = is_live(before.value) && before.value.intent() == model::TASK_INTENT_RELEASE &&
                             before.revision.value() <= report.revision();
    if (is_released) {
      after.set_state(model::TASK_STATE_STOPPED);
      *after.mutable_ended_at() = model::to_proto(wall);
    }
    changes.put(before, after);
  }
}

}  // namespace

std::vector<Change> apply_report(const State& state, const NodeReport& report, WallTime wall) {
  std::vector<Change> result;
  const std::string key = state.state_keys().node(report.node());
  if (state.is_unreadable(key)) return result;
  const Stored<Node>* node = state.node(report.node());
  if (!node) {
    result.push_back(join_node(state, report, wall));
  } else if (has_node_part(report)) {
    Change change = update_node(state, *node, report, wall);
    if (!change.empty()) result.push_back(std::move(change));
  }

  TaskChanges tasks(state, report.node(), wall);
  std::set<std::string> reported;
  for (const TaskReport& each : report.tasks()) {
    if (!reported.insert(each.task()).second) continue;
    const Stored<Task>* task = state.task(each.task());
    if (!task || task->value.node() != report.node()) continue;
    const Node* here = node ? &node->value : nullptr;
    if (is_live(task->value))
      tasks.put(*task, updated(task->value, each, here, wall));
    else if (task->value.may_return())
      tasks.put(*task, offered(task->value, each, here, wall));
  }
  if (report.full()) end_unreported(state, report, reported, wall, tasks);
  for (Change& change : tasks.take()) result.push_back(std::move(change));
  return result;
}

}  // namespace hancock::master
