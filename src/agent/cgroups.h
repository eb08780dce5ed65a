// Cgroups: the parent that each Task's cgroups lie in, in whatever hierarchies the host has mounted.
//
// The runtime makes a sandbox's and a container's own cgroups below the parent, with their CPU and memory
// limits; CRI has no field for the number of processes, and leaves the parent behind. So: prepare() sets
// pids.max on the parent before the sandbox is made, remove() takes the parent out of every hierarchy.
// Knows cgroup v1, v2 and both beside one another. Blocks shortly; any thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace hancock::agent {

class Cgroups {
 public:
  struct Hierarchy {
    std::string path;  // where it is mounted
    bool v2 = false;
    std::set<std::string> controllers;
  };

  /// `mountinfo` is the text of /proc/self/mountinfo. Pure.
  static std::vector<Hierarchy> parse(const std::string& mountinfo);
  /// What this host has.
  static Cgroups probe();
  explicit Cgroups(std::vector<Hierarchy> hierarchies) : hierarchies_(std::move(hierarchies)) {}

  /// Sentences for people: which limits this host cannot keep, and why.
  std::vector<std::string> missing() const;

  /// `parent` is absolute below each mount: "/hancock/t-1". `pids` 0: no limit.
  Result<void> prepare(const std::string& parent, uint64_t pids) const;
  /// Ends what still runs there and removes it everywhere. Done when it is not there.
  Result<void> remove(const std::string& parent, Duration timeout) const;
  /// A parent of Tasks' folders holds no processes of its own. kConflict: this one does, it is somebody
  /// else's.
  Result<void> check_unused(const std::string& prefix) const;
  /// Names of the folders below `prefix`, of all hierarchies.
  std::set<std::string> children(const std::string& prefix) const;

 private:
  const Hierarchy* of(const std::string& controller) const;
  Result<void> limit_pids(const Hierarchy& hierarchy, const std::string& parent, uint64_t pids) const;

  std::vector<Hierarchy> hierarchies_;
};

}  // namespace hancock::agent
