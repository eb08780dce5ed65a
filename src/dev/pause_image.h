// The pause image: what every sandbox runs. Built from our own program, imported into each containerd by
// name, so that a Node needs no registry to start a Task.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace hancock::dev {

/// Writes the image as an OCI archive named kPauseImage (containerd_config.h); `scratch` must exist.
Result<void> write_pause_archive(const std::filesystem::path& archive, const std::filesystem::path& scratch);

/// Imports it into the containerd at `socket`.
Result<void> import_pause_image(const std::string& socket, const std::filesystem::path& archive);

}  // namespace hancock::dev
