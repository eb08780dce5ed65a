#include "dev/whole_node.h"

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/file.h"
#include "dev/cgroups.h"
#include "dev/mounts.h"
#include "dev/traces.h"
#include "dev/wait.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

constexpr Duration kEnd = 15s;   // for the kernel to end what was killed
constexpr Duration kLetGo = 5s;  // of the control groups of what has just ended
constexpr std::string_view kPrefix = "node-";

}  // namespace

std::optional<int> WholeNode::number(const Cluster& cluster, const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  int n = 0;
  const char* const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), last, n);
  if (error != std::errc() || end != last || n < 1 || n > cluster.shape.nodes) return std::nullopt;
  return n;
}

std::string WholeNode::name() const { return fmt::format("{}{}", kPrefix, n_); }

std::vector<std::string> WholeNode::members() const {
  std::vector<std::string> names = {fmt::format("containerd-{}", n_)};
  if (cluster_.shape.masters > 0) names.push_back(fmt::format("agent-{}", n_));
  return names;
}

bool WholeNode::is_on() const {
  const auto names = namespaces_of(plan_);
  return std::find(names.begin(), names.end(), plan_.node_namespace(n_)) != names.end();
}

std::vector<ProcessState> WholeNode::processes(const std::vector<uint64_t>& namespaces) const {
  std::vector<ProcessState> found = processes_in_namespaces(namespaces);
  for (const pid_t pid : cgroup_processes(cgroup_trees(), plan_.node_cgroup(n_))) {
    if (auto state = process_state(pid)) found.push_back(std::move(*state));
  }
  return found;
}

Result<void> WholeNode::power_off() {
  if (!is_on()) return fail(ErrorCode::kNotFound, "{} is off already", name());
  const auto sockets = shim_sockets(cluster_, n_);
  const auto namespaces = namespace_inodes({plan_.node_namespace(n_)});
  // First: a process that is killed says goodbye to its peers, a machine without power does not.
  if (auto cut = set_link(LinkState::kDown); !cut) return cut;
  const CgroupTrees trees = cgroup_trees();
  const std::string cgroup = plan_.node_cgroup(n_);
  const bool ended = wait_until(BootClock::now() + kEnd, [&] {
    thaw_cgroups(trees, cgroup);
    const auto running = processes(namespaces);
    for (const ProcessState& process : running) ::kill(process.pid, SIGKILL);
    return running.empty();
  });
  if (!ended) return fail(ErrorCode::kTimeout, "{}: a process does not end", name());
  wait_until(BootClock::now() + kLetGo, [&] {
    remove_cgroups(trees, cgroup);
    return cgroup_folders(trees, cgroup).empty();
  });
  const NodeLayout layout = cluster_.node_layout(n_);
  unmount_below(layout.dir());
  if (!mounts_below(layout.dir()).empty()) {
    return fail(ErrorCode::kConflict, "{}: mounts are left below {}", name(), layout.dir().string());
  }
  std::error_code ignored;
  for (const fs::path& volatile_folder : {layout.containerd_state(), layout.runc_root()}) {
    fs::remove_all(volatile_folder, ignored);
  }
  remove_traces(sockets);
  return remove_node_network(plan_, n_);
}

Result<void> WholeNode::power_on() {
  if (auto made = create_node_network(plan_, n_); !made) return made;
  return write_boot_id(cluster_, n_);
}

Result<void> WholeNode::signal(int number) {
  const auto running = processes(namespace_inodes({plan_.node_namespace(n_)}));
  if (running.empty()) return fail(ErrorCode::kNotFound, "nothing runs on {}", name());
  for (const ProcessState& process : running) ::kill(process.pid, number);
  return {};
}

Result<void> WholeNode::set_link(LinkState state) {
  if (!is_on()) return fail(ErrorCode::kNotFound, "{} is off: it has no link", name());
  return set_node_link(plan_, n_, state);
}

Result<void> write_boot_id(const Cluster& cluster, int n) {
  auto fresh = read_file("/proc/sys/kernel/random/uuid");
  if (!fresh) return forward_error(fresh);
  return write_file(cluster.node_layout(n).boot_id(), *fresh);
}

}  // namespace hancock::dev
