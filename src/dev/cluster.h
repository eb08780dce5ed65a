// Cluster: what `dev up` was asked for and what it chose; kept in D/cluster.json, from which every other verb
// starts.
//
// A plain value. The file exists exactly as long as the cluster may have something on the machine: written
// before anything is made, removed last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "dev/address_plan.h"
#include "dev/layout.h"

namespace hancock::dev {

struct ClusterShape {
  int masters = 1;  // 0: a plain etcd
  int nodes = 3;    // without Masters: containerd only, no Agents
  int gateways = 2;
  int sites = 1;
};

/// kInvalid with the flag in `field`, or kUnsupported.
Result<void> check(const ClusterShape& shape);

/// One port a service, the same on the address of each member.
struct ServicePorts {
  uint16_t images = 5000;
  uint16_t api = 7400;
  uint16_t etcd_client = 2379;
  uint16_t etcd_peer = 2380;
  uint16_t http = 8080;
  uint16_t https = 8443;
  uint16_t admin = 1995;
};

struct Cluster {
  std::filesystem::path dir;  // absolute, without links
  int index = 0;
  ClusterShape shape;
  ServicePorts ports;

  AddressPlan plan() const { return AddressPlan(index); }
  Layout layout() const { return Layout(dir); }
  NodeLayout node_layout(int n) const;

  /// "1 of 3 Sites": members are dealt out in turn.
  std::string site_of(int member) const;
  /// host:port
  std::string images_address() const;
  std::string api_address(int m) const;
  std::string etcd_client_address(int m) const;
  std::string etcd_peer_address(int m) const;
  std::string gateway_http_address(int g) const;
  std::string gateway_https_address(int g) const;
  std::string gateway_admin_address(int g) const;
  /// How many etcd members there are: one beside each Master, or a plain one.
  int etcd_members() const { return shape.masters > 0 ? shape.masters : 1; }

  /// "HANCOCK_DEV=7:/tmp/d", in the environment of every process of the cluster: finds those that nobody
  /// recorded.
  std::string marker() const;
};

Result<void> save_cluster(const Cluster& cluster);
/// nullopt when the folder holds none.
Result<std::optional<Cluster>> load_cluster(const std::filesystem::path& dir);

/// `members` addresses from 1 on, comma-separated: join_addresses(3, [&](int m) { return c.api_address(m); })
template <class F>
std::string join_addresses(int members, F address) {
  std::string result;
  for (int i = 1; i <= members; ++i) result += (i > 1 ? "," : "") + address(i);
  return result;
}

}  // namespace hancock::dev
