// Down: ends everything that a cluster started and removes everything that it made, from whatever state it is
// in; then looks whether anything is left.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "dev/cluster.h"

namespace hancock::dev {

enum class Logs { kRemove, kKeep };

/// The verb. Takes the cluster's lock. Gives what is left, one line each: empty when all is gone, also when
/// there was nothing to begin with. Errors: kConflict when another command is at work on the folder.
Result<std::vector<std::string>> down(const std::filesystem::path& dir, Logs logs);

/// The work itself, for who holds the lock. Repeating it does no harm.
std::vector<std::string> take_down(const Cluster& cluster, Logs logs);

/// The cluster in a folder: from its file or, where the folder has gone, from the claim that is left of it.
Result<std::optional<Cluster>> find_cluster(const std::filesystem::path& dir);

}  // namespace hancock::dev
