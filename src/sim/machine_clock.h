// MachineClock: the clocks of one machine: the timeline's, but for its wall clock, which somebody may have
// set wrong. One thread.
#pragma once

#include "sim/timeline.h"

namespace hancock::sim {

class MachineClock final : public Clock {
 public:
  explicit MachineClock(const Timeline& timeline) : timeline_(timeline) {}

  TimePoint now() const override { return timeline_.now(); }
  WallTime wall() const override { return timeline_.wall() + ahead_; }
  /// From now on the wall clock is ahead of the timeline's by so much, or behind.
  void set_ahead(Duration by) { ahead_ = std::chrono::duration_cast<std::chrono::milliseconds>(by); }

 private:
  const Timeline& timeline_;
  std::chrono::milliseconds ahead_{};
};

}  // namespace hancock::sim
