// Whole files: read, and written so that a reader or a crash sees the old or the new content, never half.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock {

/// Errors: kNotFound, kDenied, kTooLarge past `limit_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, size_t limit_bytes = 256UL << 20);

enum class Durability { kCached, kSynced };

/// Writes beside `path`, then renames over it. kSynced survives a power cut: file and folder are fsynced.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, int mode = 0644,
                        Durability durability = Durability::kCached);

}  // namespace hancock
