#include "agent/cgroups.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/mounts.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kControllers[] = {"cpu", "memory", "pids"};  // that limits of Tasks need
constexpr useconds_t kRetryUs = 10'000;

std::set<std::string> words(const std::string& text, char separator) {
  std::set<std::string> result;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, separator);) {
    while (!word.empty() && (word.back() == '\n' || word.back() == ' ')) word.pop_back();
    if (!word.empty()) result.insert(word);
  }
  return result;
}

/// A cgroup file is written in place: the kernel takes no rename.
Result<void> write_value(const fs::path& path, const std::string& value) {
  std::ofstream file(path);
  file << value << std::flush;
  if (!file) return tl::unexpected(errno_error(errno, "write " + value + " to " + path.string()));
  return {};
}

Result<void> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return tl::unexpected(errno_error(error.value(), "make cgroup " + path.string()));
  return {};
}

/// `top` and all below, deepest last.
std::vector<fs::path> tree(const fs::path& top) {
  std::vector<fs::path> result{top};
  std::error_code error;
  for (fs::recursive_directory_iterator it(top, error), end; !error && it != end; it.increment(error)) {
    if (it->is_directory(error)) result.push_back(it->path());
  }
  return result;
}

void kill_members(const fs::path& folder) {
  std::ifstream members(folder / "cgroup.procs");
  for (pid_t pid = 0; members >> pid;) {
    if (pid > 1) ::kill(pid, SIGKILL);
  }
}

Result<void> remove_tree(const fs::path& top, TimePoint deadline) {
  while (true) {
    const auto folders = tree(top);
    int reason = 0;
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
      if (::rmdir(folder->c_str()) == 0 || errno == ENOENT) continue;
      reason = errno;
      kill_members(*folder);
    }
    if (reason == 0) return {};
    if (BootClock::now() > deadline)
      return tl::unexpected(errno_error(reason, "remove cgroup " + top.string()));
    ::usleep(kRetryUs);  // the kernel lets go of a dead process's cgroup a moment later
  }
}

}  // namespace

std::vector<Cgroups::Hierarchy> Cgroups::parse(const std::string& mountinfo) {
  std::vector<Hierarchy> result;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    if ((mount.type != "cgroup" && mount.type != "cgroup2") || mount.root != "/") continue;
    Hierarchy hierarchy{mount.point, mount.type == "cgroup2", {}};
    if (!hierarchy.v2) hierarchy.controllers = words(mount.super_options, ',');
    result.push_back(std::move(hierarchy));
  }
  return result;
}

Cgroups Cgroups::probe() {
  auto hierarchies = parse(read_file("/proc/self/mountinfo").value_or(""));
  for (Hierarchy& hierarchy : hierarchies) {
    if (!hierarchy.v2) continue;
    hierarchy.controllers = words(read_file(hierarchy.path + "/cgroup.controllers").value_or(""), ' ');
  }
  return Cgroups(std::move(hierarchies));
}

const Cgroups::Hierarchy* Cgroups::of(const std::string& controller) const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    if (hierarchy.controllers.contains(controller)) return &hierarchy;
  }
  return nullptr;
}

std::vector<std::string> Cgroups::missing() const {
  std::vector<std::string> result;
  for (const char* controller : kControllers) {
    if (of(controller) == nullptr) {
      result.push_back(fmt::format(
          "no cgroup hierarchy with the controller {0} is mounted: {0} limits of Tasks cannot be kept",
          controller));
    }
  }
  return result;
}

Result<void> Cgroups::prepare(const std::string& parent, uint64_t pids) const {
  if (pids == 0) return {};
  const Hierarchy* const hierarchy = of("pids");
  if (hierarchy == nullptr) return {};  // missing() has said so
  return limit_pids(*hierarchy, parent, pids);
}

Result<void> Cgroups::limit_pids(const Hierarchy& hierarchy, const std::string& parent, uint64_t pids) const {
  const fs::path folder = hierarchy.path + parent;
  if (auto made = make_folder(folder); !made) return made;
  if (hierarchy.v2) {
    // A controller is there only when every folder above hands it down.
    fs::path above = hierarchy.path;
    for (const fs::path& part : fs::path(parent).relative_path()) {
      if (auto handed = write_value(above / "cgroup.subtree_control", "+pids"); !handed) return handed;
      above /= part;
    }
  }
  return write_value(folder / "pids.max", std::to_string(pids));
}

Result<void> Cgroups::remove(const std::string& parent, Duration timeout) const {
  const TimePoint deadline = BootClock::now() + timeout;
  for (const Hierarchy& hierarchy : hierarchies_) {
    const fs::path folder = hierarchy.path + parent;
    std::error_code error;
    if (!fs::exists(folder, error)) continue;
    if (auto removed = remove_tree(folder, deadline); !removed) return removed;
  }
  return {};
}

Result<void> Cgroups::check_unused(const std::string& prefix) const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    std::ifstream members(hierarchy.path + prefix + "/cgroup.procs");
    if (pid_t pid = 0; members >> pid) {
      return fail(ErrorCode::kConflict, "{} holds processes ({}) that are no Task's", hierarchy.path + prefix,
                  pid);
    }
  }
  return {};
}

std::set<std::string> Cgroups::children(const std::string& prefix) const {
  std::set<std::string> result;
  for (const Hierarchy& hierarchy : hierarchies_) {
    std::error_code error;
    for (fs::directory_iterator it(hierarchy.path + prefix, error), end; !error && it != end;
         it.increment(error)) {
      if (it->is_directory(error)) result.insert(it->path().filename());
    }
  }
  return result;
}

}  // namespace hancock::agent
