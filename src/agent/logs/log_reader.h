// LogReader: a Task's log lines in order, over restarts of its container and over rotation, from wherever the
// asker wants to start.
//
//   LogReader reader(folder, {.tail = 100});
//   while (!(lines = reader.read(64 << 10)).empty()) use(lines);     // "" now; later there may be more
//
// Blocks while it reads a piece; one thread at a time. Holds one file open: what is rotated away meanwhile is
// read to its end.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/logs/log_folder.h"
#include "agent/logs/log_line.h"
#include "base/clock.h"

namespace hancock::agent {

struct LogQuery {
  int64_t tail = -1;                   // the last so many lines; -1: all that are kept
  std::optional<WallTime> since = {};  // only lines of then and later
  std::string stream = {};             // "stdout", "stderr"; "" both
};

class LogReader {
 public:
  static constexpr size_t kLineMax = 64 << 10;  // longer lines come in pieces

  LogReader(std::filesystem::path folder, LogQuery query);

  /// The next lines, about `bytes_max` of them; empty when there are no more now.
  std::vector<LogLine> read(size_t bytes_max);

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };

  bool open_next();
  bool open(const LogFile& file);
  std::optional<Identity> identify(const LogFile& file) const;
  std::optional<LogLine> next();
  std::optional<std::string> next_raw();
  std::optional<LogLine> join(LogLine line);
  bool wanted(const LogLine& line) const;
  void skip_all_but(uint64_t tail);

  std::filesystem::path folder_;
  LogQuery query_;
  std::ifstream file_;
  std::optional<LogFile> current_;
  Identity identity_;                           // of the open file
  std::string unfinished_;                      // a line whose end is not written yet
  std::map<std::string, std::string> partial_;  // stream -> text so far
};

}  // namespace hancock::agent
