#include "dev/cluster.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace hancock::dev {
namespace {

Result<void> check_count(const char* flag, int value, int min, int max) {
  if (value >= min && value <= max) return {};
  return tl::unexpected(
      Error{ErrorCode::kInvalid, fmt::format("{}: {}: {} to {}", flag, value, min, max), flag});
}

std::string with_port(const std::string& host, uint16_t port) { return fmt::format("{}:{}", host, port); }

}  // namespace

Result<void> check(const ClusterShape& shape) {
  if (shape.masters != 0 && shape.masters != 1 && shape.masters != 3 && shape.masters != 5) {
    return tl::unexpected(
        Error{ErrorCode::kInvalid, fmt::format("--masters: {}: 0, 1, 3 or 5", shape.masters), "--masters"});
  }
  if (shape.masters > 1) {
    return tl::unexpected(Error{ErrorCode::kUnsupported,
                                fmt::format("--masters: {}: more than 1 is not supported yet", shape.masters),
                                "--masters"});
  }
  if (auto ok = check_count("--nodes", shape.nodes, 0, kNodesMax); !ok) return ok;
  if (auto ok = check_count("--gateways", shape.gateways, 0, kGatewaysMax); !ok) return ok;
  return check_count("--sites", shape.sites, 1, kNodesMax);
}

NodeLayout Cluster::node_layout(int n) const { return NodeLayout(layout().data(fmt::format("node-{}", n))); }

std::string Cluster::site_of(int member) const {
  return fmt::format("site-{}", (member - 1) % shape.sites + 1);
}

std::string Cluster::images_address() const { return with_port(plan().host_address(), ports.images); }
std::string Cluster::api_address(int m) const { return with_port(plan().master_address(m), ports.api); }
std::string Cluster::etcd_client_address(int m) const {
  return with_port(plan().etcd_address(m), ports.etcd_client);
}
std::string Cluster::etcd_peer_address(int m) const {
  return with_port(plan().etcd_address(m), ports.etcd_peer);
}
std::string Cluster::gateway_http_address(int g) const {
  return with_port(plan().gateway_address(g), ports.http);
}
std::string Cluster::gateway_https_address(int g) const {
  return with_port(plan().gateway_address(g), ports.https);
}
std::string Cluster::gateway_admin_address(int g) const {
  return with_port(plan().gateway_address(g), ports.admin);
}

std::string Cluster::marker() const { return fmt::format("HANCOCK_DEV={}:{}", index, dir.string()); }

Result<void> save_cluster(const Cluster& cluster) {
  const nlohmann::json document = {{"format", 1},
                                   {"index", cluster.index},
                                   {"masters", cluster.shape.masters},
                                   {"nodes", cluster.shape.nodes},
                                   {"gateways", cluster.shape.gateways},
                                   {"sites", cluster.shape.sites},
                                   {"ports",
                                    {{"images", cluster.ports.images},
                                     {"api", cluster.ports.api},
                                     {"etcd_client", cluster.ports.etcd_client},
                                     {"etcd_peer", cluster.ports.etcd_peer},
                                     {"http", cluster.ports.http},
                                     {"https", cluster.ports.https},
                                     {"admin", cluster.ports.admin}}}};
  return write_file(cluster.layout().cluster(), document.dump(2) + "\n");
}

Result<std::optional<Cluster>> load_cluster(const std::filesystem::path& dir) {
  const std::filesystem::path file = Layout(dir).cluster();
  auto text = read_file(file);
  if (!text && text.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!text) return forward_error(text);
  try {
    const nlohmann::json document = nlohmann::json::parse(*text);
    Cluster cluster;
    cluster.dir = dir;
    cluster.index = document.at("index").get<int>();
    cluster.shape = {.masters = document.at("masters").get<int>(),
                     .nodes = document.at("nodes").get<int>(),
                     .gateways = document.at("gateways").get<int>(),
                     .sites = document.at("sites").get<int>()};
    const nlohmann::json& ports = document.at("ports");
    cluster.ports = {.images = ports.at("images").get<uint16_t>(),
                     .api = ports.at("api").get<uint16_t>(),
                     .etcd_client = ports.at("etcd_client").get<uint16_t>(),
                     .etcd_peer = ports.at("etcd_peer").get<uint16_t>(),
                     .http = ports.at("http").get<uint16_t>(),
                     .https = ports.value("https", ServicePorts().https),
                     .admin = ports.at("admin").get<uint16_t>()};
    return cluster;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "{}: {}", file.string(), error.what());
  }
}

}  // namespace hancock::dev
