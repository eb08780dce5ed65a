// D/env: a cluster's addresses and token as shell assignments, for `. D/env` and for programs that read
// KEY=VALUE.
#pragma once

#include <string>

#include "base/error.h"
#include "dev/cluster.h"

namespace hancock::dev {

/// Lists are comma-separated, in order of the names; what the cluster has none of is empty. `token` is the
/// operator's, "" without Masters.
std::string render_env(const Cluster& cluster, const std::string& token);

/// Readable by its owner only: it holds the token.
Result<void> save_env(const Cluster& cluster, const std::string& token);

}  // namespace hancock::dev
