#include "dev/cgroups.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/mounts.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

CgroupTree v1_tree(const Mount& mount) {
  CgroupTree tree{mount.point, false, {}};
  for (const std::string& option : split(mount.super_options, ',')) {
    if (option != "rw" && option != "ro") tree.controllers.push_back(option);
  }
  return tree;
}

CgroupTree v2_tree(const Mount& mount) {
  CgroupTree tree{mount.point, true, {}};
  const auto controllers = read_file(mount.point / "cgroup.controllers");
  if (!controllers) return tree;
  std::istringstream words(*controllers);
  for (std::string word; words >> word;) tree.controllers.push_back(word);
  return tree;
}

// `top` and all below, deepest first.
std::vector<fs::path> deepest_first(const fs::path& top) {
  std::vector<fs::path> folders{top};
  std::error_code error;
  for (fs::recursive_directory_iterator it(top, error), end; !error && it != end; it.increment(error)) {
    if (it->is_directory(error)) folders.push_back(it->path());
  }
  std::reverse(folders.begin(), folders.end());
  return folders;
}

}  // namespace

std::string_view to_string(CgroupKind kind) {
  switch (kind) {
    case CgroupKind::kNone:
      return "none";
    case CgroupKind::kV1:
      return "v1";
    case CgroupKind::kHybrid:
      return "hybrid (v1, and v2 beside it)";
    case CgroupKind::kV2:
      return "v2";
  }
  return "none";
}

CgroupKind CgroupTrees::kind() const {
  const auto is_v2 = [](const CgroupTree& tree) { return tree.v2; };
  const bool any_v2 = std::any_of(trees.begin(), trees.end(), is_v2);
  const bool any_v1 = !std::all_of(trees.begin(), trees.end(), is_v2);
  if (any_v1) return any_v2 ? CgroupKind::kHybrid : CgroupKind::kV1;
  return any_v2 ? CgroupKind::kV2 : CgroupKind::kNone;
}

bool CgroupTrees::has(const std::string& controller) const {
  return std::any_of(trees.begin(), trees.end(), [&](const CgroupTree& tree) {
    return std::find(tree.controllers.begin(), tree.controllers.end(), controller) != tree.controllers.end();
  });
}

CgroupTrees cgroup_trees() {
  const auto text = read_file("/proc/self/mountinfo");
  return text ? parse_cgroup_trees(*text) : CgroupTrees{};
}

CgroupTrees parse_cgroup_trees(const std::string& mountinfo) {
  CgroupTrees result;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    if (mount.type == "cgroup") result.trees.push_back(v1_tree(mount));
    if (mount.type == "cgroup2") result.trees.push_back(v2_tree(mount));
  }
  return result;
}

std::vector<fs::path> cgroup_folders(const CgroupTrees& trees, const std::string& path) {
  std::vector<fs::path> folders;
  for (const CgroupTree& tree : trees.trees) {
    const fs::path folder = tree.mount / path.substr(1);
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) folders.push_back(folder);
  }
  return folders;
}

std::vector<pid_t> cgroup_processes(const CgroupTrees& trees, const std::string& path) {
  std::vector<pid_t> pids;
  for (const fs::path& top : cgroup_folders(trees, path)) {
    for (const fs::path& folder : deepest_first(top)) {
      std::ifstream file(folder / "cgroup.procs");
      for (pid_t pid; file >> pid;) pids.push_back(pid);
    }
  }
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  return pids;
}

void thaw_cgroups(const CgroupTrees& trees, const std::string& path) {
  for (const fs::path& top : cgroup_folders(trees, path)) {
    for (const fs::path& folder : deepest_first(top)) {
      std::error_code ignored;
      if (fs::exists(folder / "freezer.state", ignored)) std::ofstream(folder / "freezer.state") << "THAWED";
      if (fs::exists(folder / "cgroup.freeze", ignored)) std::ofstream(folder / "cgroup.freeze") << "0";
    }
  }
}

void remove_cgroups(const CgroupTrees& trees, const std::string& path) {
  for (const fs::path& top : cgroup_folders(trees, path)) {
    for (const fs::path& folder : deepest_first(top)) rmdir(folder.c_str());
  }
}

}  // namespace hancock::dev
