// NodeNetwork: the Node's packets: which host port leads to which Task, and what Tasks may reach.
//
// What the nftables table is to hold follows from what was published for each Task, and is applied as a whole
// on a thread of its own; connections are cut on another, for that is slow. Host ports are chosen at random,
// never one where somebody listens. Loop's thread. Whoever takes ports gives them back.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/network/host_ports.h"
#include "agent/network/publications.h"
#include "agent/network/table.h"
#include "io/async.h"
#include "io/thread_pool.h"

namespace hancock::agent {

class NodeNetwork {
 public:
  NodeNetwork(io::Loop& loop, Clock& clock, Random& random) : loop_(loop), clock_(clock), ports_(random) {}

  /// What an earlier Agent had published: it is in the table from set_up() on.
  void remember(const std::string& task, const std::string& address, const std::vector<PublishedPort>& ports);
  /// Forwarding, reserved ports, and the table. Once, before publish(). No Task reaches what is `closed`:
  /// IPv4 addresses and networks that do not overlap.
  io::Async<Result<void>> set_up(std::set<std::string> closed);

  /// Chooses a host port for each of `ports`.
  Result<std::vector<PublishedPort>> take_ports(const model::ServiceRef& owner, const std::string& task,
                                                std::vector<PublishedPort> ports);
  void restore_ports(const model::ServiceRef& owner, const std::string& task,
                     const std::vector<PublishedPort>& ports);
  void give_ports_back(const std::string& task, const std::vector<PublishedPort>& ports);
  HostPorts& ports() { return ports_; }

  io::Async<Result<void>> publish(std::string task, std::string address, std::vector<PublishedPort> ports);
  /// Also cuts the connections that go through its ports. Done when nothing is published for it.
  io::Async<Result<void>> withdraw(std::string task);
  /// Withdraws what is published for others than `tasks`.
  io::Async<Result<void>> keep_only(std::set<std::string> tasks);
  /// True: somebody had changed the table, and it is repaired.
  io::Async<Result<bool>> mend();

 private:
  io::Async<Result<void>> apply();

  io::Loop& loop_;
  Clock& clock_;
  HostPorts ports_;
  Publications publications_;
  Ruleset base_;  // without the Tasks
  Table table_;   // only on the thread below
  io::ThreadPool thread_{1};
  io::ThreadPool connections_thread_{1};
};

}  // namespace hancock::agent
