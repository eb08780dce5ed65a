// Control: `dev start`, `dev stop`, `dev kill`, `dev cut`, `dev join` and `dev image` on a cluster that is
// up. Each takes the cluster's lock and renews processes.json. Names are those of processes.json, and
// "node-2" for a Node as a whole (whole_node.h).
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "dev/image_build.h"

namespace hancock::dev {

/// With the same arguments as before; a Node with all its members. Errors: kNotFound, kConflict (it runs),
/// kInvalid (its Master looks after it).
Result<void> start(const std::filesystem::path& dir, const std::string& name);
/// SIGTERM, and SIGKILL for what has not ended after `patience`; returns when it has.
Result<void> stop(const std::filesystem::path& dir, const std::string& name, Duration patience);
/// Sends a signal; for SIGKILL it waits for the end. A Node that is killed is off, as by a power cut; any
/// other signal goes to every process on it, its containers' too.
Result<void> kill(const std::filesystem::path& dir, const std::string& name, int signal);

/// Takes a Node's link down, or up again; what runs there goes on. Errors: kInvalid (no Node's name),
/// kNotFound (it is off).
Result<void> cut(const std::filesystem::path& dir, const std::string& node);
Result<void> join(const std::filesystem::path& dir, const std::string& node);

/// "KILL", "SIGKILL" or "9". kInvalid otherwise.
Result<int> parse_signal(const std::string& text);

/// Packs `folder` and pushes it into the cluster's registry; gives "<HANCOCK_IMAGES>/NAME:TAG@sha256:…".
Result<std::string> image(const std::filesystem::path& dir, const std::filesystem::path& folder,
                          const std::string& name_and_tag, const ImageSettings& settings);

}  // namespace hancock::dev
