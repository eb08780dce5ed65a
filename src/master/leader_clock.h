// LeaderClock: the leader's time: one look at the wall clock at the takeover, and from then on as much more
// as has passed. A wall clock that is set meanwhile moves no deadline; one that is behind the last leader's
// goes on from there, and one that is ahead ends nothing early (Round::deadline). Lives on the brain's loop.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace hancock::master {

class LeaderClock final : public Clock {
 public:
  explicit LeaderClock(const Clock& clock) : clock_(clock) { take_over({}); }

  /// `latest`: the time that the leaders before have come to (core/latest_time.h).
  void take_over(WallTime latest) {
    taken_ = clock_.now();
    wall_ = std::max(clock_.wall(), latest);
  }

  TimePoint now() const override { return clock_.now(); }
  WallTime wall() const override {
    return wall_ + std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - taken_);
  }

 private:
  const Clock& clock_;
  TimePoint taken_;
  WallTime wall_;
};

}  // namespace hancock::master
