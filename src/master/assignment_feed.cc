#include "master/assignment_feed.h"

#include "master/core/assignments.h"

namespace hancock::master {
model::AssignmentLine AssignmentFeed::sign_of_life(const State& state, const Reign& reign) const {
  model::AssignmentLine line;
  line.set_epoch(reign.epoch);
  line.set_term(reign.term);
  line.set_revision(state.revision().value());
  const auto record = state.node_records().find(node_);
  if (record != state.node_records().end()) {
    line.set_incarnation(record->second.value.incarnation);
    line.set_node_revision(record->second.revision.value());
  }
  return line;
}

std::optional<model::AssignmentLine> AssignmentFeed::next(
    const State& state, const Reign& reign, const std::vector<std::shared_ptr<LogSession>>& logs) {
  model::AssignmentLine line = sign_of_life(state, reign);
  line.set_full(first_);
  const bool node_changed = line.incarnation() != incarnation_ || line.node_revision() != node_revision_;
  add_tasks(state, line);
  const bool tasks_changed = line.set_size() > 0 || line.undecided_size() > 0 || line.removed_size() > 0;
  const bool logs_changed = add_logs(logs, line);
  if (!first_ && !node_changed && !tasks_changed && !logs_changed) return std::nullopt;
  first_ = false;
  incarnation_ = line.incarnation();
  node_revision_ = line.node_revision();
  return line;
}

void AssignmentFeed::add_tasks(const State& state, model::AssignmentLine& line) {
  const uint64_t changes = state.changes_on(node_);
  if (!first_ && changes == changes_) return;
  changes_ = changes;
  std::map<std::string, Sent> now;
  for (const Assigned& each : assigned_on(state, node_)) {
    Sent sent;
    if (each.task != nullptr) sent.intent = each.task->intent();
    if (each.version != nullptr) sent.version = each.version->revision;
    const auto before = sent_.find(each.id);
    if (before == sent_.end() || before->second != sent) *line.add_set() = assignment_of(each);
    now.emplace(each.id, sent);
  }
  std::set<std::string> undecided = undecided_on(state, node_);
  for (const std::string& task : undecided)
    if (!undecided_.contains(task)) line.add_undecided(task);
  const auto is_gone = [&](const std::string& task) {
    return !now.contains(task) && !undecided.contains(task);
  };
  for (const auto& [task, how] : sent_)
    if (is_gone(task)) line.add_removed(task);
  for (const std::string& task : undecided_)
    if (is_gone(task)) line.add_removed(task);
  sent_ = std::move(now);
  undecided_ = std::move(undecided);
}

bool AssignmentFeed::add_logs(const std::vector<std::shared_ptr<LogSession>>& logs,
                              model::AssignmentLine& line) {
  std::set<std::string> now;
  for (const auto& session : logs) {
    const std::string& id = session->request().id();
    now.insert(id);
    if (!logs_.contains(id)) *line.add_logs() = session->request();
  }
  for (const std::string& id : logs_) {
    if (now.contains(id)) continue;
    model::LogRequest* cancelled = line.add_logs();
    cancelled->set_id(id);
    cancelled->set_cancelled(true);
  }
  logs_ = std::move(now);
  return line.logs_size() > 0;
}

}  // namespace hancock::master
