// The control groups of a cluster's Tasks: which hierarchies the kernel has mounted, and everything below one
// path in all of them.
//
// cgroup v1 has a tree per controller, v2 one for all; "hybrid" is v1 with an empty v2 tree beside it. A
// container has a folder in every tree there is.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::dev {

enum class CgroupKind { kNone, kV1, kHybrid, kV2 };
std::string_view to_string(CgroupKind kind);

struct CgroupTree {
  std::filesystem::path mount;
  bool v2 = false;
  std::vector<std::string> controllers;  // what this tree controls: {"memory"}
};

struct CgroupTrees {
  std::vector<CgroupTree> trees;

  CgroupKind kind() const;
  bool has(const std::string& controller) const;
};

/// What is mounted in our mount namespace.
CgroupTrees cgroup_trees();
/// From the text of /proc/self/mountinfo; v2 controllers are read from the mount. For tests.
CgroupTrees parse_cgroup_trees(const std::string& mountinfo);

/// Folders of `path` ("/hancock-7") that exist, one a tree.
std::vector<std::filesystem::path> cgroup_folders(const CgroupTrees& trees, const std::string& path);
/// The processes in them and below.
std::vector<pid_t> cgroup_processes(const CgroupTrees& trees, const std::string& path);
/// Lets frozen ones run, so that a signal reaches them.
void thaw_cgroups(const CgroupTrees& trees, const std::string& path);
/// Removes the folders, deepest first. One that still holds a process stays.
void remove_cgroups(const CgroupTrees& trees, const std::string& path);

}  // namespace hancock::dev
