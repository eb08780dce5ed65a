// Caretaker: compares what is on the Node with what should be, and repairs: leftover pods, cgroups and logs,
// the nftables table, log files that have grown. Loop's thread.
#pragma once

#include "agent/task_table.h"

namespace hancock::agent {

class Caretaker {
 public:
  Caretaker(Pods& pods, NodeNetwork& network, TaskTable& table)
      : pods_(pods), network_(network), table_(table) {}

  /// Each until destroyed.
  io::Async<void> keep_table();
  io::Async<void> keep_logs();
  io::Async<void> keep_clean();

 private:
  io::Async<void> rotate_logs();
  io::Async<void> remove_leftovers();
  io::Async<void> remove_old_logs();

  Pods& pods_;
  NodeNetwork& network_;
  TaskTable& table_;
};

}  // namespace hancock::agent
