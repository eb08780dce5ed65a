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
#include <string>

#include "agent/found_pods.h"
#include "agent/task_runner.h"

namespace hancock::agent {

class TaskTable {
 public:
  TaskTable(TaskServices services, NodeNetwork& network, Journal& journal,
            std::function<void(const std::string& task)> changed)
      : services_(services), network_(network), journal_(journal), changed_(std::move(changed)) {}

  /// What an earlier Agent wrote down. First.
  void restore(std::map<std::string, TaskRecord> records);
  /// What the runtime has, once it answers. All Tasks begin.
  void adopt(std::map<std::string, FoundTask> found);
  bool adopted() const { return adopted_; }
  /// Why nothing begins yet.
  void wait_for(const std::string& why);

  /// A line of the leader's.
  void take(const model::AssignmentLine& line);
  /// The full list has been heard: a Task that is not here is nobody's.
  bool complete() const { return complete_; }

  /// Writes a changed Task down, and drops it when it is over. False: it is gone.
  bool tend(const std::string& task);

  TaskRunner* find(const std::string& task);
  bool knows(const std::string& task) const { return runners_.contains(task); }
  const std::map<std::string, std::unique_ptr<TaskRunner>>& all() const { return runners_; }

 private:
  void assign(const model::Assignment& assignment);
  TaskRunner& add(const model::Assignment& assignment);
  void begin(TaskRunner& runner);

  TaskServices services_;
  NodeNetwork& network_;
  Journal& journal_;
  std::function<void(const std::string&)> changed_;
  std::map<std::string, std::unique_ptr<TaskRunner>> runners_;
  std::map<std::string, FoundTask> found_;  // of the runtime, not assigned yet
  std::string waiting_;
  bool adopted_ = false;
  bool complete_ = false;
};

}  // namespace hancock::agent
