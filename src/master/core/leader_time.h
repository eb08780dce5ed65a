// LeaderTime: one moment on a leader's clocks, and when what others wrote down is over by them. Values; any
// thread.
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "master/core/timing.h"

namespace hancock::master {

/// No wall clock is believed to be wrong by more.
inline constexpr Duration kWallErrorMax = std::chrono::hours(2);

struct LeaderTime {
  TimePoint now;
  WallTime wall;
  TimePoint since;  // when its clocks began to run: the takeover, or the end of its last gap

  /// When `limit` from `begun` on is over. This leader's own clocks decide: they count from when they began
  /// at the earliest, whatever wall clock wrote `begun`, and however long nobody could act. But however often
  /// leaders change it ends kWallErrorMax after what the records say.
  WallTime deadline(WallTime begun, Duration limit) const {
    const auto timed = std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
    return std::min(later(std::max(begun, wall - timed), limit), later(later(begun, limit), kWallErrorMax));
  }
};

}  // namespace hancock::master
