#include "agent/task_table.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "agent/task/task_id.h"
#include "base/log.h"

namespace hancock::agent {
void TaskTable::restore(std::map<std::string, TaskRecord> records) {
  for (const auto& [task, record] : records) {
    if (!is_task_id(task) || record.assignment.task() != task) continue;
    network_.restore_ports(model::service_of(record.assignment), task, record.ports);
    if (record.boot_id == services_.boot_id) network_.remember(task, record.address, record.ports);
    add(record.assignment).remember(record);
  }
}

void TaskTable::adopt(std::map<std::string, FoundTask> found) {
  found_ = std::move(found);
  adopted_ = true;
  // Nobody's port is given to another before it is known whose it was: also of pods that are not assigned.
  for (const auto& [task, what] : found_) network_.restore_ports(what.owner, task, what.pod.ports);
  for (auto& [task, runner] : runners_) begin(*runner);
  forget_found();
}

/// What is neither assigned nor undecided is nobody's.
void TaskTable::forget_found() {
  if (!adopted_ || !complete_) return;
  std::erase_if(found_, [this](const auto& found) { return !undecided_.contains(found.first); });
}

void TaskTable::begin(TaskRunner& runner) {
  const auto found = found_.find(runner.assignment().task());
  if (found == found_.end()) return runner.begin({});
  const FoundTask what = std::move(found->second);
  found_.erase(found);
  runner.begin(what);
}

std::map<std::string, std::string> TaskTable::running() const {
  std::map<std::string, std::string> result;
  for (const auto& [task, runner] : runners_) {
    const bool runs = runner->begun() && runner->state().alive && runner->state().work == Work::kNone;
    if (runs && !runner->pod().container.empty()) result[task] = runner->pod().container;
  }
  return result;
}

void TaskTable::compare(const std::map<std::string, std::string>& before,
                        const std::map<std::string, FoundTask>& found) {
  for (const auto& [task, container] : running()) {
    const auto known = before.find(task);
    const bool is_new = known == before.end() || known->second != container;
    const auto has = found.find(task);
    const bool is_there = has != found.end() && has->second.pod.container == container;
    if (!is_new && !is_there) find(task)->end_forgotten();
  }
}

void TaskTable::set_contact(TimePoint last) {
  contact_ = last;
  for (auto& [task, runner] : runners_) runner->set_contact(last);
}

void TaskTable::wait_for(const std::string& why) {
  waiting_ = why;
  for (auto& [task, runner] : runners_) runner->wait_for(why);
}

TaskRunner& TaskTable::add(const model::Assignment& assignment) {
  const std::string task = assignment.task();
  auto& runner = runners_[task];
  runner = std::make_unique<TaskRunner>(services_, assignment, [this, task] { changed_(task); });
  runner->set_contact(contact_);
  return *runner;
}

void TaskTable::take(const model::AssignmentLine& line) {
  std::set<std::string> named;
  for (const model::Assignment& assignment : line.set()) {
    named.insert(assignment.task());
    assign(assignment);
  }
  for (const std::string& task : line.removed()) {
    undecided_.erase(task);
    if (TaskRunner* runner = find(task)) runner->dismiss();
  }
  if (line.full()) undecided_.clear();
  for (const std::string& task : line.undecided()) {
    named.insert(task);
    undecided_.insert(task);
    if (TaskRunner* runner = find(task)) runner->set_undecided();
  }
  if (!line.full()) return;
  complete_ = true;
  for (auto& [task, runner] : runners_) {
    if (!named.contains(task)) runner->dismiss();
  }
  forget_found();
}

void TaskTable::assign(const model::Assignment& assignment) {
  undecided_.erase(assignment.task());
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
  if (!runner->dismissed() || !runner->begun() || !runner->is_over()) {
    services_.journal.set_task(task, runner->record());
    return true;
  }
  if (runner->next()) {
    begin_anew(*runner);
    return true;
  }
  runners_.erase(task);
  services_.journal.remove_task(task);
  return false;
}

/// It was dismissed, and assigned again before it had ended.
void TaskTable::begin_anew(TaskRunner& ended) {
  const model::Assignment next = *ended.next();
  add(next).begin({});
  services_.journal.set_task(next.task(), find(next.task())->record());
}

bool TaskTable::uses(const std::string& sandbox) const {
  return std::ranges::any_of(runners_,
                             [&](const auto& entry) { return entry.second->pod().sandbox == sandbox; });
}

TaskRunner* TaskTable::find(const std::string& task) {
  const auto found = runners_.find(task);
  return found == runners_.end() ? nullptr : found->second.get();
}

}  // namespace hancock::agent
