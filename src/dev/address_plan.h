// AddressPlan: every name and address that a cluster of `hancock dev` uses on its machine, derived from its
// index.
//
// A plain value; any thread. Two clusters with different indices share no name and no address. Numbers of
// masters, nodes and gateways count from 1 and stay within the limits below.
#pragma once

#include <string>

namespace hancock::dev {

inline constexpr int kIndexMax =
    250;  // 198.18.INDEX.0/24 (RFC 2544: no real network has it), 127.INDEX.0.0/16
inline constexpr int kMastersMax = 5;
inline constexpr int kNodesMax = 200;
inline constexpr int kGatewaysMax = 200;

class AddressPlan {
 public:
  explicit AddressPlan(int index) : index_(index) {}

  /// The host's end of the nodes' network: a bridge with one address for us all and one for each Master.
  std::string bridge() const;        // "hk7"
  std::string host_address() const;  // "198.18.7.1": image registry; where connections to Nodes come from
  std::string master_address(int m) const;  // "198.18.7.2"…
  static constexpr int kPrefixLength = 24;

  /// Loopback addresses, for what only the host's namespace talks to.
  std::string gateway_address(int g) const;  // "127.7.0.1"…: http, https, admin
  std::string gateway_tcp_address(
      int g) const;                       // "127.7.1.1"…: ports of TCP routes, so that none meets the above
  std::string etcd_address(int m) const;  // "127.7.2.1"…

  std::string node_namespace(int n) const;  // "hancock-7-node-1", a name for `ip netns`
  std::string node_link(int n) const;       // "hk7n1", the host's end of the Node's eth0
  std::string node_address(int n) const;    // "198.18.7.32"…
  /// Of its eth0, the same after each start of the Node: neighbours remember it.
  std::string node_hardware_address(int n) const;  // "02:68:6b:07:00:01"…
  /// Where a Node's Tasks get their addresses; seen inside its namespace only.
  std::string task_subnet(int n) const;  // "100.64.16.0/20"

  /// Parent of all cgroups of the cluster's Tasks, below the mount of each hierarchy.
  std::string cgroup() const;            // "/hancock-7"
  std::string node_cgroup(int n) const;  // "/hancock-7/node-1"
  /// Sockets lie here, not in the cluster's folder: a socket's path holds 107 bytes at most.
  std::string run_folder() const;  // "/run/hancock-dev/7"
  std::string containerd_socket(int n) const;

  /// True for the names that bridge() and node_link() can give.
  bool owns_link(const std::string& name) const;

 private:
  int index_;
};

}  // namespace hancock::dev
