// LogLine: one line of a container's log as the runtime writes it (CRI's format: time, stream, tags, text).
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::agent {

struct LogLine {
  std::string time;    // RFC 3339, UTC, as fine as it was written
  std::string stream;  // "stdout" or "stderr"
  std::string text;
  bool partial = false;  // the next line of the stream goes on with it
};

/// nullopt when it is no log line (torn by a crash).
std::optional<LogLine> parse_log_line(std::string_view line);

/// "2026-11-22T16:50:54.22+01:00" -> "2026-11-22T15:50:54.220Z"; what ends in Z stays as it is.
std::optional<std::string> to_utc(std::string_view time);

/// {"time":…,"stream":…,"line":…} and a line end. Bytes that are not UTF-8 are replaced.
std::string to_ndjson(const LogLine& line);

}  // namespace hancock::agent
