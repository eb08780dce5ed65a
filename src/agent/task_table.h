// TaskTable: all Tasks of this Node: which are assigned, what runs each of them, what is written down of
// them.
//
// A Task begins only when it is known what the runtime already has of it (adopt()); until then it waits and
// says why. Loop's thread. `changed(task)` may be called from anywhere below; tend(task) follows later, from
// outside.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/found_pods.h"
#include "agent/task_runner.h"

namespace hancock::agent {

class TaskTable {
 public:
  TaskTable(TaskServices services, NodeNetwork& network, std::function<void(const std::string& task)> changed)
      : services_(std::move(services)), network_(network), changed_(std::move(changed)) {}

  /// What an earlier Agent wrote down. First.
  void restore(std::map<std::string, TaskRecord> records);
  /// What the runtime has, once it answers. All Tasks begin.
  void adopt(std::map<std::string, FoundTask> found);
  bool adopted() const { return adopted_; }
  /// Task -> container, of all that run as far as is known.
  std::map<std::string, std::string> running() const;
  /// The runtime is well again after it was not. `before`: running(), from before `found` was asked for.
  void compare(const std::map<std::string, std::string>& before,
               const std::map<std::string, FoundTask>& found);
  /// When a Master was last heard: first before restore(), then again and again.
  void set_contact(TimePoint last);
  /// Why nothing begins yet.
  void wait_for(const std::string& why);

  /// A line of the leader's.
  void take(const model::AssignmentLine& line);
  /// The full list has been heard: a Task that is not here is nobody's.
  bool complete() const { return complete_; }

  /// Hands a changed Task to the journal, and drops it when it is over. False: it is gone.
  bool tend(const std::string& task);

  TaskRunner* find(const std::string& task);
  /// A Task has this sandbox.
  bool uses(const std::string& sandbox) const;
  /// It is assigned, ends, or is not the Agent's to remove: the leader has not decided on it.
  bool knows(const std::string& task) const { return runners_.contains(task) || undecided_.contains(task); }
  const std::map<std::string, std::unique_ptr<TaskRunner>>& all() const { return runners_; }

 private:
  void assign(const model::Assignment& assignment);
  TaskRunner& add(const model::Assignment& assignment);
  void forget_found();
  void begin(TaskRunner& runner);
  void begin_anew(TaskRunner& ended);

  TaskServices services_;
  NodeNetwork& network_;
  std::function<void(const std::string&)> changed_;
  std::map<std::string, std::unique_ptr<TaskRunner>> runners_;
  std::map<std::string, FoundTask> found_;  // of the runtime, not assigned yet; until the first full list
  std::set<std::string> undecided_;
  std::string waiting_;
  TimePoint contact_ = kForever;
  bool adopted_ = false;
  bool complete_ = false;
};

}  // namespace hancock::agent
