// LogFolder: the files in which one Task's containers wrote, oldest first.
//
// Attempt 3's live file is "3.log"; what was rotated away is "3.log.1", "3.log.2", … (a larger number is
// newer). Blocks shortly; any thread. Only rotate_log() and those below it change files.
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

/// The spec's defaults.
struct LogLimits {
  uintmax_t file_bytes = 10UL << 20;
  size_t parts = 2;     // of an attempt, beside its live file
  size_t attempts = 3;  // the newest ones
};

/// Moves an attempt's live file aside, and drops the oldest of its parts beyond `parts_max`. The runtime must
/// then be told to open the live file anew.
Result<void> rotate_log(const std::filesystem::path& folder, uint32_t attempt, size_t parts_max);

/// Rotates what has grown too large. True: the runtime is to open the live file anew; also when that was
/// missed before, for there is no live file.
Result<bool> rotate_if_due(const std::filesystem::path& folder, uint32_t attempt, const LogLimits& limits);
/// Removes the files of older attempts than the newest `attempts`.
void drop_old_attempts(const std::filesystem::path& folder, size_t attempts);

/// The last line that the attempt wrote, "" when there is none; at most `limit` bytes of it.
std::string last_line(const std::filesystem::path& folder, uint32_t attempt, size_t limit);

}  // namespace hancock::agent
