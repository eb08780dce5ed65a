#include "dev/down.h"

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>

#include "dev/cgroups.h"
#include "dev/claim.h"
#include "dev/folder_lock.h"
#include "dev/member.h"
#include "dev/mounts.h"
#include "dev/network.h"
#include "dev/process_state.h"
#include "dev/process_table.h"
#include "dev/traces.h"
#include "dev/wait.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

constexpr Duration kPolite = 2s;   // for what ends by itself on SIGTERM
constexpr Duration kKill = 15s;    // for the kernel to end what was killed
constexpr Duration kRelease = 5s;  // for cgroups of processes that have just ended

// Works on one cluster; remembers what has to be looked up before its names are gone.
class TakeDown {
 public:
  explicit TakeDown(const Cluster& cluster)
      : cluster_(cluster), plan_(cluster.plan()), trees_(cgroup_trees()), traces_(traces_of(cluster)) {
    // After a restart of the machine another cluster may have this one's index, and with it its names.
    const fs::path owner = Claims().owner(cluster.index);
    owns_index_ = owner.empty() || owner == cluster.dir;
    if (owns_index_) namespaces_ = namespace_inodes(namespaces_of(plan_));
  }

  void run() {
    ask_to_end();
    kill_all();
    unmount_below(cluster_.dir);
    if (owns_index_) {
      unmount_below(plan_.run_folder());
      network_ = remove_network(plan_);
      wait_until(BootClock::now() + kRelease, [&] {
        remove_cgroups(trees_, plan_.cgroup());
        return cgroup_folders(trees_, plan_.cgroup()).empty();
      });
    }
    remove_traces(traces_);
    remove_files();
  }

  std::vector<std::string> left() const {
    std::vector<std::string> lines;
    for (const ProcessState& process : processes()) {
      lines.push_back(fmt::format("process {} ({})", process.pid, process.command));
    }
    for (const fs::path& point : mounts_below(cluster_.dir))
      lines.push_back(fmt::format("mount {}", point.string()));
    std::error_code ignored;
    for (const fs::path& trace : traces_) {
      if (fs::exists(trace, ignored)) lines.push_back(fmt::format("file {}", trace.string()));
    }
    if (fs::exists(cluster_.layout().data(), ignored)) {
      lines.push_back(fmt::format("folder {}", cluster_.layout().data().string()));
    }
    if (owns_index_) add_named(lines);
    return lines;
  }

 private:
  void ask_to_end() {
    auto table = load_process_table(cluster_.layout());
    if (!table) return;  // what it listed is found by its marker
    refresh(*table);
    for (const ProcessEntry& entry : table->entries) {
      if (auto asked = signal_member(entry, SIGTERM); !asked) continue;
    }
    const TimePoint deadline = BootClock::now() + kPolite;
    for (const ProcessEntry& entry : table->entries) wait_for_end(entry, deadline);
  }

  // What runs: recorded or not, containers (they carry no marker), and whoever else is in the Nodes'
  // namespaces.
  std::vector<ProcessState> processes() const {
    std::vector<ProcessState> found = processes_with(cluster_.marker());
    if (owns_index_) {
      for (const pid_t pid : cgroup_processes(trees_, plan_.cgroup())) {
        if (auto state = process_state(pid)) found.push_back(std::move(*state));
      }
      for (ProcessState& state : processes_in_namespaces(namespaces_)) found.push_back(std::move(state));
    }
    const auto by_pid = [](const ProcessState& a, const ProcessState& b) { return a.pid < b.pid; };
    std::sort(found.begin(), found.end(), by_pid);
    found.erase(std::unique(found.begin(), found.end(),
                            [](const ProcessState& a, const ProcessState& b) { return a.pid == b.pid; }),
                found.end());
    return found;
  }

  // Again and again: one that is being killed may have just started another.
  void kill_all() {
    wait_until(BootClock::now() + kKill, [&] {
      if (owns_index_) thaw_cgroups(trees_, plan_.cgroup());
      const std::vector<ProcessState> running = processes();
      for (const ProcessState& process : running) ::kill(process.pid, SIGKILL);
      return running.empty();
    });
  }

  void remove_files() {
    const Layout layout = cluster_.layout();
    std::error_code ignored;
    fs::remove(layout.env(), ignored);
    fs::remove(layout.processes(), ignored);
    // Never through a mount: what is behind it may be the host's.
    if (mounts_below(layout.data()).empty()) fs::remove_all(layout.data(), ignored);
  }

  void add_named(std::vector<std::string>& lines) const {
    for (const std::string& name : namespaces_of(plan_))
      lines.push_back(fmt::format("network namespace {}", name));
    for (const std::string& link : links_of(plan_)) lines.push_back(fmt::format("link {}", link));
    for (const fs::path& folder : cgroup_folders(trees_, plan_.cgroup())) {
      lines.push_back(fmt::format("cgroup {}", folder.string()));
    }
    for (const fs::path& point : mounts_below(plan_.run_folder())) {
      lines.push_back(fmt::format("mount {}", point.string()));
    }
    if (!network_) lines.push_back(network_.error().message);
  }

  const Cluster& cluster_;
  AddressPlan plan_;
  CgroupTrees trees_;
  std::vector<fs::path> traces_;
  std::vector<uint64_t> namespaces_;
  Result<void> network_;
  bool owns_index_ = false;
};

// Last: as long as these are there, `down` can be asked again.
std::vector<std::string> forget(const Cluster& cluster, Logs logs) {
  const Layout layout = cluster.layout();
  std::error_code ignored;
  if (logs == Logs::kRemove) fs::remove_all(layout.logs(), ignored);
  if (auto freed = Claims().free(cluster.dir); !freed) return {freed.error().message};
  fs::remove(layout.cluster(), ignored);
  return {};
}

}  // namespace

std::vector<std::string> take_down(const Cluster& cluster, Logs logs) {
  TakeDown work(cluster);
  work.run();
  std::vector<std::string> left = work.left();
  if (left.empty()) left = forget(cluster, logs);
  return left;
}

Result<std::optional<Cluster>> find_cluster(const fs::path& dir) {
  auto cluster = load_cluster(dir);
  if (!cluster || *cluster) return cluster;
  const auto index = Claims().find(dir);
  if (!index) return std::nullopt;
  Cluster remains;
  remains.dir = dir;
  remains.index = *index;
  remains.shape.nodes = kNodesMax;
  return remains;
}

Result<std::vector<std::string>> down(const fs::path& dir, Logs logs) {
  const Layout layout(dir);
  std::error_code ignored;
  const bool existed = fs::is_directory(dir, ignored);
  std::optional<FolderLock> lock;
  if (existed) {
    auto acquired = FolderLock::acquire(layout.lock(), BootClock::now() + 30s);
    if (!acquired) return forward_error(acquired);
    lock = std::move(*acquired);
  }
  auto cluster = find_cluster(dir);
  if (!cluster) return forward_error(cluster);
  std::vector<std::string> left;
  if (*cluster) left = take_down(**cluster, logs);
  fs::remove(layout.lock(), ignored);
  if (*cluster && left.empty()) fs::remove(dir, ignored);  // when nothing else lies in it
  return left;
}

}  // namespace hancock::dev
