// NodeNetwork: the Node's packets: which host port leads to which Task, and what Tasks may reach.
//
// One nftables table, changed on a thread of its own; host ports chosen at random, never one where somebody
// listens. Loop's thread. Whoever takes ports gives them back.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/network/host_ports.h"
#include "agent/network/table.h"
#include "io/async.h"
#include "io/thread_pool.h"

namespace hancock::agent {

class NodeNetwork {
 public:
  NodeNetwork(io::Loop& loop, Clock& clock, Random& random) : loop_(loop), clock_(clock), ports_(random) {}

  /// Forwarding, reserved ports, and the table with what `rules` holds. Once, first.
  io::Async<Result<void>> set_up(Ruleset rules);

  /// Chooses a host port for each of `ports`.
  Result<std::vector<PublishedPort>> take_ports(const model::ServiceRef& owner,
                                                std::vector<PublishedPort> ports);
  void restore_ports(const model::ServiceRef& owner, const std::vector<PublishedPort>& ports);
  void give_ports_back(const std::vector<PublishedPort>& ports);
  HostPorts& ports() { return ports_; }

  io::Async<Result<void>> publish(std::string address, std::vector<PublishedPort> ports);
  /// Also cuts the connections that go through them.
  io::Async<Result<void>> withdraw(std::string address, std::vector<PublishedPort> ports);
  /// True: somebody had changed the table, and it is repaired.
  io::Async<Result<bool>> mend();

 private:
  io::Loop& loop_;
  Clock& clock_;
  HostPorts ports_;
  Table table_;  // only on the thread below
  io::ThreadPool thread_{1};
};

}  // namespace hancock::agent
