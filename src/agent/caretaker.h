// Caretaker: compares what is on the Node with what its Tasks own, and removes what nobody does: pods,
// control groups, log folders, what a killed runtime left of its network, elements of the nftables table.
// Loop's thread.
#pragma once

#include "agent/leftovers.h"
#include "agent/network/cni_network.h"
#include "agent/task_table.h"

namespace hancock::agent {

class Caretaker {
 public:
  Caretaker(Pods& pods, NodeNetwork& network, const WarmSandboxes& warm, TaskTable& table)
      : pods_(pods), network_(network), warm_(warm), table_(table) {}

  /// Until destroyed. Begins when it is known what is assigned, and what the runtime has.
  io::Async<void> run();

 private:
  struct Found;
  /// False: something is left that could not be removed.
  io::Async<bool> look();
  io::Async<Result<Found>> find();
  std::set<std::string> known() const;
  Owners owners(const Found& found) const;
  /// False: it could not be.
  io::Async<bool> remove(Thing thing, const Found& found);
  io::Async<Result<void>> remove_pod(std::string task, Pod pod);
  io::Async<Result<void>> remove_sandbox(std::string id);
  io::Async<Result<void>> remove_outside(Thing thing, CniNetwork network);

  Pods& pods_;
  NodeNetwork& network_;
  const WarmSandboxes& warm_;
  TaskTable& table_;
  Leftovers leftovers_;
};

}  // namespace hancock::agent
