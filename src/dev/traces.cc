#include "dev/traces.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/file.h"
#include "dev/containerd_config.h"
#include "dev/process_state.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

const fs::path kResults = "/var/lib/cni/results";
const fs::path kShimSockets = "/run/containerd/s";

// What each container's bundle tells: also for shims that are dead.
void add_recorded_sockets(const NodeLayout& node, std::vector<fs::path>& traces) {
  std::error_code error;
  const fs::path bundles = node.containerd_state() / "io.containerd.runtime.v2.task";
  for (fs::recursive_directory_iterator it(bundles, error), end; !error && it != end; it.increment(error)) {
    if (it.depth() < 2) continue;  // namespace/container/file
    it.disable_recursion_pending();
    constexpr std::string_view kScheme = "unix://";
    if (it->path().filename() != "address") continue;
    const auto address = read_file(it->path());
    if (address && address->starts_with(kScheme)) traces.emplace_back(address->substr(kScheme.size()));
  }
}

std::string argument_after(const std::vector<std::string>& argv, const std::string& flag) {
  const auto at = std::find(argv.begin(), argv.end(), flag);
  return at == argv.end() || at + 1 == argv.end() ? "" : *(at + 1);
}

// What a living shim's arguments tell: also where the cluster's folder has gone. The name of its socket is a
// hash of them (containerd 1.6, runtime/v2/shim: SocketAddress). `containerd`: only those of this one.
void add_sockets_of_shims(const Cluster& cluster, const std::string& containerd,
                          std::vector<fs::path>& traces) {
  for (const ProcessState& process : processes_with(cluster.marker())) {
    const auto argv = command_line(process.pid);
    if (argv.empty() || fs::path(argv[0]).filename() != "containerd-shim-runc-v2") continue;
    const std::string address = argument_after(argv, "-address");
    if (!containerd.empty() && address != containerd) continue;
    const fs::path hashed =
        fs::path(address) / argument_after(argv, "-namespace") / argument_after(argv, "-id");
    traces.push_back(kShimSockets / sha256_hex(hashed.string()));
  }
}

// NETWORK-SANDBOX-eth0, and with the same sandbox cni-loopback-SANDBOX-lo.
void add_results(const std::string& network, std::vector<fs::path>& traces) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(kResults, error)) {
    const std::string name = entry.path().filename();
    const size_t end = name.rfind('-');
    if (!name.starts_with(network + "-") || end <= network.size()) continue;
    traces.push_back(entry.path());
    const std::string sandbox = name.substr(network.size() + 1, end - network.size() - 1);
    traces.push_back(kResults / ("cni-loopback-" + sandbox + "-lo"));
  }
}

void keep_expected(std::vector<fs::path>& traces) {
  std::error_code ignored;
  std::erase_if(traces, [&](const fs::path& file) {
    const bool expected_place = file.parent_path() == kShimSockets || file.parent_path() == kResults;
    return !expected_place || !fs::exists(file, ignored);
  });
}

}  // namespace

std::vector<fs::path> shim_sockets(const Cluster& cluster, int n) {
  std::vector<fs::path> sockets;
  add_recorded_sockets(cluster.node_layout(n), sockets);
  add_sockets_of_shims(cluster, cluster.plan().containerd_socket(n), sockets);
  keep_expected(sockets);
  return sockets;
}

std::vector<fs::path> traces_of(const Cluster& cluster) {
  std::vector<fs::path> traces;
  for (int n = 1; n <= cluster.shape.nodes; ++n) {
    add_recorded_sockets(cluster.node_layout(n), traces);
    add_results(cni_network(cluster, n), traces);
  }
  add_sockets_of_shims(cluster, "", traces);
  keep_expected(traces);
  return traces;
}

void remove_traces(const std::vector<fs::path>& traces) {
  std::error_code ignored;
  for (const fs::path& file : traces) fs::remove(file, ignored);
  // Only what is empty goes; whoever needs one of them makes it.
  for (const char* folder :
       {"/run/containerd/s", "/run/containerd", "/var/lib/cni/results", "/var/lib/cni"}) {
    rmdir(folder);
  }
}

}  // namespace hancock::dev
