// Traces: files that containerd, its shims and libcni leave outside the cluster's folder when they are
// killed.
#pragma once

#include <filesystem>
#include <vector>

#include "dev/cluster.h"

namespace hancock::dev {

/// Sockets of shims (/run/containerd/s/HASH, whatever `state` says) and what libcni remembers of each sandbox
/// (/var/lib/cni/results, a path fixed in the library). Found by what lies in the cluster's folder: look
/// before it goes.
std::vector<std::filesystem::path> traces_of(const Cluster& cluster);

/// The first of them, those of Node `n`.
std::vector<std::filesystem::path> shim_sockets(const Cluster& cluster, int n);

/// Removes them, and the folders above that have become empty.
void remove_traces(const std::vector<std::filesystem::path>& traces);

}  // namespace hancock::dev
