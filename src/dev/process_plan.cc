#include "dev/process_plan.h"

#include <fmt/core.h>

namespace hancock::dev {
namespace {

ProcessEntry entry(const Cluster& cluster, std::string name, std::string role, std::string address,
                   std::vector<std::string> argv) {
  ProcessEntry made;
  made.log = cluster.layout().log(name);
  made.name = std::move(name);
  made.role = std::move(role);
  made.address = std::move(address);
  made.argv = std::move(argv);
  return made;
}

// A YAML single-quoted scalar.
std::string yaml_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

ProcessEntry images(const Cluster& cluster) {
  return entry(cluster, "images", "images", cluster.images_address(),
               {"docker-registry", "serve", images_config(cluster)});
}

// Without Masters: what they would run, with the same timing.
ProcessEntry plain_etcd(const Cluster& cluster) {
  const std::string client = "http://" + cluster.etcd_client_address(1);
  const std::string peer = "http://" + cluster.etcd_peer_address(1);
  return entry(cluster, "etcd-1", "etcd", cluster.etcd_client_address(1),
               {"etcd",
                "--name",
                "etcd-1",
                "--data-dir",
                cluster.layout().data("etcd-1"),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "etcd-1=" + peer,
                "--heartbeat-interval",
                "50",
                "--election-timeout",
                "500",
                "--logger",
                "zap",
                "--log-level",
                "warn"});
}

ProcessEntry master(const Cluster& cluster, const OwnPrograms& programs, int m) {
  const std::string name = fmt::format("master-{}", m);
  return entry(cluster, name, "master", cluster.api_address(m),
               {programs.hancock, "master", "--data", cluster.layout().data(name), "--listen",
                cluster.api_address(m), "--etcd-client", cluster.etcd_client_address(m), "--etcd-peer",
                cluster.etcd_peer_address(m), "--bootstrap"});
}

// The Master starts and looks after its own etcd; it is listed so that one can look at it and signal it.
ProcessEntry masters_etcd(const Cluster& cluster, int m) {
  ProcessEntry made = entry(cluster, fmt::format("etcd-{}", m), "etcd", cluster.etcd_client_address(m), {});
  made.pid_file = cluster.layout().data(fmt::format("master-{}", m)) / "etcd.pid";
  return made;
}

ProcessEntry containerd(const Cluster& cluster, int n) {
  ProcessEntry made =
      entry(cluster, fmt::format("containerd-{}", n), "containerd", cluster.plan().node_address(n),
            {"containerd", "--config", cluster.node_layout(n).containerd_config()});
  made.ns = cluster.plan().node_namespace(n);
  return made;
}

ProcessEntry agent(const Cluster& cluster, const OwnPrograms& programs, int n) {
  const AddressPlan plan = cluster.plan();
  const std::string masters =
      join_addresses(cluster.shape.masters, [&](int m) { return cluster.api_address(m); });
  ProcessEntry made = entry(cluster, fmt::format("agent-{}", n), "agent", plan.node_address(n),
                            {programs.hancock, "agent",
                             "--node",         fmt::format("node-{}", n),
                             "--site",         cluster.site_of(n),
                             "--masters",      masters,
                             "--token-file",   agent_token(cluster),
                             "--containerd",   plan.containerd_socket(n),
                             "--address",      plan.node_address(n),
                             "--data",         cluster.node_layout(n).agent(),
                             "--cgroup",       plan.cgroup(),
                             "--boot-id",      cluster.node_layout(n).boot_id()});
  made.ns = plan.node_namespace(n);
  return made;
}

ProcessEntry gateway(const Cluster& cluster, const OwnPrograms& programs, int g) {
  const std::string name = fmt::format("gateway-{}", g);
  const std::string etcd =
      join_addresses(cluster.etcd_members(), [&](int m) { return cluster.etcd_client_address(m); });
  return entry(cluster, name, "gateway", cluster.gateway_http_address(g),
               {programs.slardar, "--http", cluster.gateway_http_address(g), "--https",
                cluster.gateway_https_address(g), "--admin", cluster.gateway_admin_address(g), "--tcp-bind",
                cluster.plan().gateway_tcp_address(g), "--etcd", etcd, "--id", name, "--site",
                cluster.site_of(g), "--state", cluster.layout().data(name) / "state"});
}

}  // namespace

ProcessTable plan_processes(const Cluster& cluster, const OwnPrograms& programs) {
  ProcessTable table;
  std::vector<ProcessEntry>& entries = table.entries;
  entries.push_back(images(cluster));
  if (cluster.shape.masters == 0) entries.push_back(plain_etcd(cluster));
  for (int m = 1; m <= cluster.shape.masters; ++m) {
    entries.push_back(master(cluster, programs, m));
    entries.push_back(masters_etcd(cluster, m));
  }
  for (int n = 1; n <= cluster.shape.nodes; ++n) entries.push_back(containerd(cluster, n));
  if (cluster.shape.masters > 0) {
    for (int n = 1; n <= cluster.shape.nodes; ++n) entries.push_back(agent(cluster, programs, n));
  }
  for (int g = 1; g <= cluster.shape.gateways; ++g) entries.push_back(gateway(cluster, programs, g));
  return table;
}

std::filesystem::path images_config(const Cluster& cluster) {
  return cluster.layout().data("images") / "registry.yml";
}

std::string render_images_config(const Cluster& cluster) {
  return fmt::format(R"(version: 0.1
log:
  level: warn
  accesslog: {{disabled: true}}
storage:
  filesystem: {{rootdirectory: {}}}
  delete: {{enabled: true}}
http:
  addr: {}
  secret: one registry, nothing to share
)",
                     yaml_quoted(cluster.layout().data("images") / "storage"), cluster.images_address());
}

std::filesystem::path operator_token(const Cluster& cluster) {
  return cluster.layout().data("master-1") / "operator.token";
}
std::filesystem::path agent_token(const Cluster& cluster) {
  return cluster.layout().data("master-1") / "agent.token";
}

}  // namespace hancock::dev
