// The journal's files on disk: written whole, or not at all, and surely there after a power cut.
//
// Blocks for as long as the disk takes; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"

namespace hancock::agent {

/// What each file is to hold; nullopt: there is to be none.
using FileChanges = std::map<std::filesystem::path, std::optional<std::string>>;

/// What could not be done of some changes.
struct Unwritten {
  std::set<std::filesystem::path> files;
  std::string why;  // for people; "" when all was done
};

/// All are written beside their places and synced, then renamed into them, then each folder is synced once:
/// a crash at any moment leaves of each file the old or the new.
Unwritten write_files(const FileChanges& changes);

/// Folder and parents, surely there after a power cut.
Result<void> make_folder_durably(const std::filesystem::path& folder);

/// What a killed Agent was about to write: beside the files, named with its number.
void remove_half_written(const std::filesystem::path& folder);

}  // namespace hancock::agent
