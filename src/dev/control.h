// Control: `dev start`, `dev stop`, `dev kill` and `dev image` on a cluster that is up. Each takes the
// cluster's lock and renews processes.json.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "dev/image_build.h"

namespace hancock::dev {

/// With the same arguments as before. Errors: kNotFound, kConflict (it runs), kInvalid (its Master looks
/// after it).
Result<void> start(const std::filesystem::path& dir, const std::string& name);
/// SIGTERM, and SIGKILL for what has not ended after `patience`; returns when it has.
Result<void> stop(const std::filesystem::path& dir, const std::string& name, Duration patience);
/// Sends a signal; for SIGKILL it waits for the end.
Result<void> kill(const std::filesystem::path& dir, const std::string& name, int signal);

/// "KILL", "SIGKILL" or "9". kInvalid otherwise.
Result<int> parse_signal(const std::string& text);

/// Packs `folder` and pushes it into the cluster's registry; gives "<HANCOCK_IMAGES>/NAME:TAG@sha256:…".
Result<std::string> image(const std::filesystem::path& dir, const std::filesystem::path& folder,
                          const std::string& name_and_tag, const ImageSettings& settings);

}  // namespace hancock::dev
