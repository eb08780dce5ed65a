// Timer: calls back once at a time on the loop's clock. Made to be re-armed often.
//
// Moving the time later costs nothing: the queue keeps the earlier entry and looks again when that is due.
// Loop's thread only; the loop outlives it. The callback may destroy the Timer.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/clock.h"

namespace hancock::io {

class Loop;
class TimerQueue;

class Timer {
 public:
  Timer(Loop& loop, std::function<void()> callback);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  /// Calls back at `when` (kForever: never); replaces an earlier time.
  void arm(TimePoint when);
  void disarm() { due_ = kForever; }
  bool armed() const { return due_ != kForever; }

 private:
  friend class TimerQueue;
  static constexpr size_t kNotQueued = static_cast<size_t>(-1);

  // What re-arming touches comes first.
  TimePoint due_ = kForever;     // when to call back
  TimePoint queued_ = kForever;  // when the queue looks at it; never later than due_ while queued
  size_t index_ = kNotQueued;
  TimerQueue& queue_;
  std::function<void()> callback_;
};

/// A binary heap of timers by `queued_`; part of Loop.
class TimerQueue {
 public:
  /// When to call run() next; kForever when nothing waits.
  TimePoint next() const { return heap_.empty() ? kForever : heap_.front()->queued_; }
  /// Calls back what is due.
  void run(TimePoint now);

 private:
  friend class Timer;
  void add(Timer& timer, TimePoint when);
  void remove(Timer& timer);
  void sift_up(size_t index);
  void sift_down(size_t index);
  void place(size_t index, Timer* timer);

  std::vector<Timer*> heap_;
};

}  // namespace hancock::io
