// Host probe: whether this machine can carry a cluster; whatever it lacks is said by name before anything is
// started.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "dev/cgroups.h"
#include "dev/cluster.h"
#include "dev/process_plan.h"

namespace hancock::dev {

/// hancock is the running program; slardar lies beside it, in ../slardar, or in PATH. kNotFound naming the
/// places.
Result<OwnPrograms> find_own_programs(const ClusterShape& shape);

/// One line for each thing that is missing: a program and its Debian package, a right, a kernel feature.
std::vector<std::string> missing_on_host(const ClusterShape& shape, const CgroupTrees& trees);

/// Whether overlayfs works on the file system of `folder`: says why not. Needs root.
Result<void> probe_overlay(const std::filesystem::path& folder);

}  // namespace hancock::dev
