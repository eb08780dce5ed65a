// The network of a cluster: a bridge on the host, and for each Node a network namespace joined to it by a
// veth pair.
//
// Namespaces have names under /run/netns, as `ip netns` expects; they are made here and not by `ip netns
// add`, which would leave a mount of that folder behind. Nothing else of the host is changed: no forwarding,
// no firewall rule. Making needs CAP_NET_ADMIN and CAP_SYS_ADMIN. Removing works from whatever state things
// are in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"
#include "dev/address_plan.h"

namespace hancock::dev {

/// True when the machine has a link or an address of this plan already.
bool addresses_in_use(const AddressPlan& plan);

/// The bridge, with the host's own address and one for each Master.
Result<void> create_host_network(const AddressPlan& plan, int masters);

/// The namespace of Node `n`, with lo, eth0 and a default route to the host.
Result<void> create_node_network(const AddressPlan& plan, int n);

/// Takes a Node's link down or up: a cable pulled and put back. What the Node's namespace holds stays.
enum class LinkState { kDown, kUp };
Result<void> set_node_link(const AddressPlan& plan, int n, LinkState state);

/// Removes the link and the namespace of Node `n`, if they are there.
Result<void> remove_node_network(const AddressPlan& plan, int n);

/// A descriptor to enter a namespace by.
Result<UniqueFd> open_namespace(const std::string& name);

/// The names of a plan's namespaces that exist.
std::vector<std::string> namespaces_of(const AddressPlan& plan);
/// Inode numbers, as processes_in_namespaces() takes them.
std::vector<uint64_t> namespace_inodes(const std::vector<std::string>& names);
/// The names of a plan's links that exist on the host.
std::vector<std::string> links_of(const AddressPlan& plan);

/// Removes all of them.
Result<void> remove_network(const AddressPlan& plan);

}  // namespace hancock::dev
