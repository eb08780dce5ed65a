// Mounts: what is mounted below a folder, and unmounting it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::dev {

struct Mount {
  std::filesystem::path point;
  std::string type;           // "overlay", "cgroup2", …
  std::string super_options;  // comma-separated, of the file system
};

/// From the text of /proc/self/mountinfo (proc(5)), in order of mounting.
std::vector<Mount> parse_mounts(const std::string& mountinfo);

/// Mount points at or below `folder` in our mount namespace, in order of mounting.
std::vector<std::filesystem::path> mounts_below(const std::filesystem::path& folder);

/// Unmounts them, last first. What is busy is detached.
void unmount_below(const std::filesystem::path& folder);

}  // namespace hancock::dev
