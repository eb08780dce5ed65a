// Ejection: one peer's passive health as one worker sees it: so many failures in a row, and it gets no
// requests for a while; the while doubles with each time, and halves when the peer has done well for as long.
//
// Whether it may go is its upstream's to say (UpstreamState). Values only; worker's thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace hancock::slardar {

class Ejection {
 public:
  static constexpr uint32_t kFailuresInRow = 5;
  static constexpr Duration kFirst = 5s;
  static constexpr Duration kLongest = 5min;

  void succeeded(TimePoint now) {
    in_row_ = 0;
    if (times_ == 0 || now - until_ < span()) return;
    --times_;
    until_ = now;
  }
  /// True: that is too many in a row.
  bool failed() { return ++in_row_ >= kFailuresInRow; }
  /// Gives its end.
  TimePoint eject(TimePoint now) {
    in_row_ = 0;
    ++times_;
    return until_ = now + span();
  }
  bool holds(TimePoint now) const { return now < until_ && times_ > 0; }
  TimePoint until() const { return until_; }

 private:
  Duration span() const { return std::min(kLongest, kFirst * (1 << std::min(times_ - 1, 10U))); }

  uint32_t in_row_ = 0;
  uint32_t times_ = 0;
  TimePoint until_{};
};

}  // namespace hancock::slardar
