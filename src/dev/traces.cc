#include "dev/traces.h"

#include <unistd.h>

#include <set>

#include "base/file.h"
#include "dev/containerd_config.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

const fs::path kResults = "/var/lib/cni/results";
const fs::path kShimSockets = "/run/containerd/s";

void add_shim_sockets(const NodeLayout& node, std::vector<fs::path>& traces) {
  std::error_code error;
  const fs::path bundles = node.containerd_state() / "io.containerd.runtime.v2.task" / "k8s.io";
  for (const auto& bundle : fs::directory_iterator(bundles, error)) {
    const auto address = read_file(bundle.path() / "address");
    constexpr std::string_view kScheme = "unix://";
    if (!address || !address->starts_with(kScheme)) continue;
    const fs::path socket = address->substr(kScheme.size());
    if (socket.parent_path() == kShimSockets && fs::exists(socket, error)) traces.push_back(socket);
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
    const fs::path loopback = kResults / ("cni-loopback-" + sandbox + "-lo");
    if (fs::exists(loopback, error)) traces.push_back(loopback);
  }
}

}  // namespace

std::vector<fs::path> traces_of(const Cluster& cluster) {
  std::vector<fs::path> traces;
  for (int n = 1; n <= cluster.shape.nodes; ++n) {
    add_shim_sockets(cluster.node_layout(n), traces);
    add_results(cni_network(cluster, n), traces);
  }
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
