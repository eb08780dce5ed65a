#include "dev/env_file.h"

#include <fmt/core.h>

#include "base/file.h"

namespace hancock::dev {

std::string render_env(const Cluster& cluster, const std::string& token) {
  const AddressPlan plan = cluster.plan();
  const ClusterShape& shape = cluster.shape;
  std::string text;
  std::string keys;
  // No value holds a character that a shell would read otherwise, so none is quoted. Assignments first and
  // one export at the end: programs that split lines at '=' read it too.
  const auto add = [&](const char* key, const std::string& value) {
    text += fmt::format("{}={}\n", key, value);
    keys += fmt::format(" {}", key);
  };
  add("HANCOCK_API", join_addresses(shape.masters, [&](int m) { return cluster.api_address(m); }));
  add("HANCOCK_TOKEN", token);
  add("HANCOCK_ETCD",
      join_addresses(cluster.etcd_members(), [&](int m) { return cluster.etcd_client_address(m); }));
  add("HANCOCK_IMAGES", cluster.images_address());
  add("SLARDAR_HTTP", join_addresses(shape.gateways, [&](int g) { return cluster.gateway_http_address(g); }));
  add("SLARDAR_HTTPS",
      join_addresses(shape.gateways, [&](int g) { return cluster.gateway_https_address(g); }));
  add("SLARDAR_ADMIN",
      join_addresses(shape.gateways, [&](int g) { return cluster.gateway_admin_address(g); }));
  add("SLARDAR_TCP", join_addresses(shape.gateways, [&](int g) { return plan.gateway_tcp_address(g); }));
  return text + "export" + keys + "\n";
}

Result<void> save_env(const Cluster& cluster, const std::string& token) {
  return write_file(cluster.layout().env(), render_env(cluster, token), 0600);
}

}  // namespace hancock::dev
