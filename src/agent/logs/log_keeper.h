// LogKeeper: keeps the logs of running Tasks bounded: rotates what has grown, has the runtime open it anew,
// drops the files of old attempts. Loop's thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/logs/log_folder.h"
#include "agent/task_table.h"

namespace hancock::agent {

class LogKeeper {
 public:
  LogKeeper(Pods& pods, TaskTable& table, LogLimits limits = {})
      : pods_(pods), table_(table), limits_(limits) {}

  /// Until destroyed.
  io::Async<void> run();

 private:
  struct Live {
    std::string task;
    std::filesystem::path folder;
    uint32_t attempt = 0;
    std::string container;
  };
  std::vector<Live> running() const;
  io::Async<void> look(std::vector<Live> live);
  void note(std::set<std::string> failing, const std::string& why);

  Pods& pods_;
  TaskTable& table_;
  LogLimits limits_;
  std::set<std::string> failing_;  // Tasks whose logs could not be rotated at the last look
};

}  // namespace hancock::agent
