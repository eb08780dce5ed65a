// Publications: which Task has which address and host ports: all that the Node's table of packets follows
// from.
//
// By Task, so that whoever goes takes along what is his and nothing else. What is published for one is no
// longer another's: the address and the host ports of a Task that started just now are its own, whatever was
// remembered of them. Pure; one owner.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/network/ruleset.h"

namespace hancock::agent {

struct Publication {
  std::string address;
  std::vector<PublishedPort> ports;
  friend bool operator==(const Publication&, const Publication&) = default;
};

class Publications {
 public:
  void publish(const std::string& task, Publication what);
  /// What it had; without an address: nothing.
  Publication withdraw(const std::string& task);
  /// Withdraws all that are not in `tasks`, and names them.
  std::vector<std::string> keep_only(const std::set<std::string>& tasks);

  bool is_taken(const std::string& address) const;
  /// Adds the elements of all.
  void fill(Ruleset& rules) const;

 private:
  std::map<std::string, Publication> by_task_;
};

}  // namespace hancock::agent
