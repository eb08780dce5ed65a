// Timeline: virtual time, and what happens when. Nothing passes but from one entry to the next.
//
//   Timeline timeline;
//   timeline.after(5s, [] { … });
//   while (timeline.step()) check();
//
// Entries of one moment come in the order in which they were made, so that a run replays exactly. One thread.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"

namespace hancock::sim {

class Timeline final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return kStart + std::chrono::floor<std::chrono::milliseconds>(elapsed()); }
  /// Since the beginning of the run.
  Duration elapsed() const { return now_ - kOrigin; }

  void at(TimePoint when, std::function<void()> what);
  void after(Duration span, std::function<void()> what) { at(now_ + span, std::move(what)); }

  /// The next entry happens. False: there is none.
  bool step();
  uint64_t steps() const { return steps_; }

 private:
  static constexpr TimePoint kOrigin{std::chrono::hours(1)};
  static constexpr WallTime kStart{std::chrono::hours(24 * 365 * 50)};
  struct Entry {
    TimePoint when;
    uint64_t order;
    std::function<void()> what;
  };
  static bool is_later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }

  TimePoint now_ = kOrigin;
  uint64_t made_ = 0;
  uint64_t steps_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace hancock::sim
