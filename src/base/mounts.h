// parse_mounts: what is mounted, as Linux tells it. Pure; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hancock {

struct Mount {
  std::string root;             // which folder of the file system it shows
  std::filesystem::path point;  // where
  std::string type;             // "overlay", "cgroup2", …
  std::string super_options;    // comma-separated, of the file system
};

/// From the text of /proc/self/mountinfo (proc(5)), in order of mounting. A line that is cut off is left out.
std::vector<Mount> parse_mounts(const std::string& mountinfo);

}  // namespace hancock
