// WholeNode: one Node of a cluster as a machine that can lose its power or its link: its network namespace
// with all that runs in it, and the control groups, mounts and sockets of its Tasks.
//
// For who holds the cluster's lock. Losing power takes what a restart of a machine takes (processes, network,
// everything in memory) and keeps what lies on disk: images, the Agent's journal, host-local's reservations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "dev/cluster.h"
#include "dev/network.h"
#include "dev/process_state.h"

namespace hancock::dev {

class WholeNode {
 public:
  WholeNode(const Cluster& cluster, int n) : cluster_(cluster), plan_(cluster.plan()), n_(n) {}

  /// "node-2" -> 2; nullopt: no name of a Node of this cluster.
  static std::optional<int> number(const Cluster& cluster, const std::string& name);

  std::string name() const;
  /// "containerd-2", "agent-2": those of the table that run on it, in order of starting.
  std::vector<std::string> members() const;
  bool is_on() const;

  /// At once, without a word to anybody. Errors: kTimeout when a process does not end.
  Result<void> power_off();
  /// The network, and another boot id; starting the members is left to the caller.
  Result<void> power_on();
  /// Sends a signal to each process on it, containers included.
  Result<void> signal(int number);
  /// Errors: kNotFound when it is off.
  Result<void> set_link(LinkState state);

 private:
  std::vector<ProcessState> processes(const std::vector<uint64_t>& namespaces) const;

  const Cluster& cluster_;
  AddressPlan plan_;
  int n_;
};

/// Writes a fresh boot id for Node `n`; at `up` and whenever it is switched on.
Result<void> write_boot_id(const Cluster& cluster, int n);

}  // namespace hancock::dev
