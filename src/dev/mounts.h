// What is mounted below a folder, and unmounting it.
#pragma once

#include <filesystem>
#include <vector>

namespace hancock::dev {

/// Mount points at or below `folder` in our mount namespace, in order of mounting.
std::vector<std::filesystem::path> mounts_below(const std::filesystem::path& folder);

/// Unmounts them, last first. What is busy is detached.
void unmount_below(const std::filesystem::path& folder);

}  // namespace hancock::dev
