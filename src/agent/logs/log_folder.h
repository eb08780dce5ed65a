// LogFolder: the files in which one Task's containers wrote, oldest first.
//
// Attempt 3's live file is "3.log"; what was rotated away is "3.log.1", "3.log.2", … (a larger number is
// newer). Blocks shortly; any thread. Only rotate() changes files.
#pragma once

#include <compare>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hancock::agent {

struct LogFile {
  static constexpr uint32_t kLive = UINT32_MAX;
  uint32_t attempt = 0;
  uint32_t part = kLive;
  friend auto operator<=>(const LogFile&, const LogFile&) = default;

  std::string name() const;
  /// nullopt: not one of ours.
  static std::optional<LogFile> parse(std::string_view name);
};

/// In order of writing.
std::vector<LogFile> log_files(const std::filesystem::path& folder);

/// Moves an attempt's live file aside, and drops the oldest of its parts beyond `parts_max`. The runtime must
/// then be told to open the live file anew.
Result<void> rotate_log(const std::filesystem::path& folder, uint32_t attempt, size_t parts_max);

/// The last line that the attempt wrote, "" when there is none; at most `limit` bytes of it.
std::string last_line(const std::filesystem::path& folder, uint32_t attempt, size_t limit);

}  // namespace hancock::agent
