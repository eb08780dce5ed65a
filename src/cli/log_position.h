// LogPosition: how far into a Task's log one has come, so that it can be read on after a break without a gap
// and without a repeat.
//
// A log has no numbers: its lines have times, and several may have the same. So it is asked for from a little
// before the last line that came, and everything up to that line is left out. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::cli {

class LogPosition {
 public:
  /// After a break: lines that came before are to be left out.
  void resume();
  /// Whether a line of this time (RFC 3339, UTC, as fine as it was written) is new.
  bool take(std::string_view time);

  bool begun() const { return printed_ > 0; }
  /// How far back a stream that is asked for now has to begin, so that it holds the last line. nullopt when
  /// none has come, or its time cannot be read.
  std::optional<Duration> reach(WallTime now) const;

 private:
  std::string last_;    // the time of the last line, as sortable()
  size_t printed_ = 0;  // lines of that time that came
  size_t seen_ = 0;     // of them, since resume()
  bool catching_up_ = false;
};

}  // namespace hancock::cli
