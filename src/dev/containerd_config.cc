#include "dev/containerd_config.h"

#include <fmt/core.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace hancock::dev {
namespace {

// A TOML basic string.
std::string toml_quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// Left out: snapshotters that would warn, folders in /opt, tracing.
constexpr const char* kDisabled = R"([
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
])";

constexpr const char* kConfig = R"(version = 2
root = {root}
state = {state}
disabled_plugins = {disabled}

[grpc]
  address = {socket}
[ttrpc]
  address = {ttrpc}

[plugins."io.containerd.grpc.v1.cri"]
  disable_tcp_service = true
  # Runs where the host withholds CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  # Else the sandboxes of all Nodes share /run/netns.
  netns_mounts_under_state_dir = true
  sandbox_image = {pause}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        # Else runc keeps the state of every containerd in /run/containerd/runc.
        Root = {runc}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = {cni}
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = {hosts}
)";

}  // namespace

std::string render_containerd_config(const Cluster& cluster, int n) {
  const NodeLayout node = cluster.node_layout(n);
  const std::string socket = cluster.plan().containerd_socket(n);
  return fmt::format(
      fmt::runtime(kConfig), fmt::arg("root", toml_quoted(node.containerd_root())),
      fmt::arg("state", toml_quoted(node.containerd_state())), fmt::arg("disabled", kDisabled),
      fmt::arg("socket", toml_quoted(socket)), fmt::arg("ttrpc", toml_quoted(socket + ".ttrpc")),
      fmt::arg("pause", toml_quoted(kPauseImage)), fmt::arg("runc", toml_quoted(node.runc_root())),
      fmt::arg("cni", toml_quoted(node.cni_config())), fmt::arg("hosts", toml_quoted(node.image_hosts())));
}

std::string cni_network(const Cluster& cluster, int n) { return cluster.plan().node_namespace(n); }

std::string render_cni_config(const Cluster& cluster, int n) {
  using Json = nlohmann::ordered_json;
  const Json ipam = {{"type", "host-local"},
                     {"ranges", {{{{"subnet", cluster.plan().task_subnet(n)}}}}},
                     {"routes", {{{"dst", "0.0.0.0/0"}}}},
                     {"dataDir", cluster.node_layout(n).cni_state().string()}};
  // ptp: every Task is routed, so that its packets pass the Node's rules with or without br_netfilter.
  // ipMasq is off: that would be iptables; the Agent's table does it.
  const Json plugin = {{"type", "ptp"}, {"ipMasq", false}, {"ipam", ipam}};
  const Json config = {
      {"cniVersion", "0.4.0"}, {"name", cni_network(cluster, n)}, {"plugins", Json::array({plugin})}};
  return config.dump(2) + "\n";
}

std::string render_image_hosts(const Cluster& cluster) {
  return fmt::format(
      "server = \"http://{0}\"\n[host.\"http://{0}\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
      cluster.images_address());
}

Result<void> write_containerd_files(const Cluster& cluster, int n) {
  const NodeLayout node = cluster.node_layout(n);
  const std::filesystem::path hosts = node.image_hosts() / cluster.images_address();
  std::error_code error;
  for (const auto& folder : {node.agent(), node.cni_config(), node.cni_state(), hosts}) {
    std::filesystem::create_directories(folder, error);
    if (error) return tl::unexpected(errno_error(error.value(), folder.string()));
  }
  if (auto ok = write_file(node.containerd_config(), render_containerd_config(cluster, n)); !ok) return ok;
  if (auto ok = write_file(node.cni_config() / "10-hancock.conflist", render_cni_config(cluster, n)); !ok)
    return ok;
  return write_file(hosts / "hosts.toml", render_image_hosts(cluster));
}

}  // namespace hancock::dev
