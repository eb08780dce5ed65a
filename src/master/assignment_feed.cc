#include "master/assignment_feed.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "master/core/assignments.h"

namespace hancock::master {
namespace {

// The same bytes for the same content, also of maps.
std::string bytes_of(const model::Assignment& assignment) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    assignment.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

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
  std::map<std::string, std::string> now;
  for (model::Assignment& assignment : assignments_for(state, node_)) {
    std::string bytes = bytes_of(assignment);
    const auto before = sent_.find(assignment.task());
    if (before == sent_.end() || before->second != bytes) *line.add_set() = assignment;
    now[assignment.task()] = std::move(bytes);
  }
  std::set<std::string> undecided = undecided_on(state, node_);
  for (const std::string& task : undecided)
    if (!undecided_.contains(task)) line.add_undecided(task);
  const auto is_gone = [&](const std::string& task) {
    return !now.contains(task) && !undecided.contains(task);
  };
  for (const auto& [task, bytes] : sent_)
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
