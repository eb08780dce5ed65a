// What a Node's containerd reads: its own config, the network of its sandboxes (CNI) and where images come
// from.
//
// The rendering is pure; write_containerd_files() puts the files where NodeLayout says. Why each line is
// there is told in docs/dev.md.
#pragma once

#include <string>

#include "base/error.h"
#include "dev/cluster.h"

namespace hancock::dev {

/// The name under which every Node has the pause image imported; nothing resolves it.
inline constexpr const char* kPauseImage = "hancock.internal/pause:1";

std::string render_containerd_config(const Cluster& cluster, int n);
std::string render_cni_config(const Cluster& cluster, int n);
/// hosts.toml of the cluster's image registry, which speaks plain HTTP.
std::string render_image_hosts(const Cluster& cluster);

/// Names of the CNI networks of a cluster, as libcni uses them in file names: "hancock-7-node-1".
std::string cni_network(const Cluster& cluster, int n);

Result<void> write_containerd_files(const Cluster& cluster, int n);

}  // namespace hancock::dev
