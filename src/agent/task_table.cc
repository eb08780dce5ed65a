#include "agent/task_table.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr size_t kIdMax = 63;  // it becomes a host name

/// Ids become names of files, cgroups and hosts.
bool is_task_id(const std::string& id) {
  return !id.empty() && id.size() <= kIdMax && std::isalnum(static_cast<unsigned char>(id[0])) &&
         std::all_of(id.begin(), id.end(),
                     [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
}

model::ServiceRef owner_of(const model::Assignment& assignment) {
  return {assignment.tenant(), assignment.app(), assignment.service()};
}

}  // namespace

void TaskTable::restore(std::map<std::string, TaskRecord> records) {
  for (const auto& [task, record] : records) {
    if (!is_task_id(task) || record.assignment.task() != task) continue;
    network_.restore_ports(owner_of(record.assignment), record.ports);
    add(record.assignment).remember(record);
  }
}

void TaskTable::adopt(std::map<std::string, FoundTask> found) {
  found_ = std::move(found);
  adopted_ = true;
  for (auto& [task, runner] : runners_) begin(*runner);
}

void TaskTable::begin(TaskRunner& runner) {
  const auto found = found_.find(runner.assignment().task());
  if (found == found_.end()) return runner.begin({}, 0);
  const FoundTask what = std::move(found->second);
  found_.erase(found);
  network_.restore_ports(owner_of(runner.assignment()), what.pod.ports);
  runner.begin(what.pod, what.attempt);
}

void TaskTable::wait_for(const std::string& why) {
  waiting_ = why;
  for (auto& [task, runner] : runners_) runner->wait_for(why);
}

TaskRunner& TaskTable::add(const model::Assignment& assignment) {
  const std::string task = assignment.task();
  auto& runner = runners_[task];
  runner = std::make_unique<TaskRunner>(services_, assignment, [this, task] { changed_(task); });
  return *runner;
}

void TaskTable::take(const model::AssignmentLine& line) {
  std::set<std::string> named;
  for (const model::Assignment& assignment : line.set()) {
    named.insert(assignment.task());
    assign(assignment);
  }
  for (const std::string& task : line.removed()) {
    if (TaskRunner* runner = find(task)) runner->dismiss();
  }
  if (!line.full()) return;
  complete_ = true;
  for (auto& [task, runner] : runners_) {
    if (!named.contains(task)) runner->dismiss();
  }
}

void TaskTable::assign(const model::Assignment& assignment) {
  if (TaskRunner* runner = find(assignment.task())) return runner->assign(assignment);
  if (!is_task_id(assignment.task())) {
    log::error("agent", "\"{}\" is no id of a Task; it is passed over", assignment.task());
    return;
  }
  // Without a spec only the end of a Task can be seen to.
  if (!assignment.has_spec() && assignment.intent() == model::TASK_INTENT_RUN) {
    log::warn("agent", "task {} is assigned without a spec; nothing is started", assignment.task());
    return;
  }
  TaskRunner& runner = add(assignment);
  if (adopted_) {
    begin(runner);
  } else {
    runner.wait_for(waiting_);
  }
  changed_(assignment.task());
}

bool TaskTable::tend(const std::string& task) {
  TaskRunner* const runner = find(task);
  if (runner == nullptr) return false;
  if (runner->dismissed() && runner->begun() && runner->is_over()) {
    runners_.erase(task);
    journal_.remove_task(task);
    return false;
  }
  journal_.write_task(task, runner->record());
  return true;
}

TaskRunner* TaskTable::find(const std::string& task) {
  const auto found = runners_.find(task);
  return found == runners_.end() ? nullptr : found->second.get();
}

}  // namespace hancock::agent
