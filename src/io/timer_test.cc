#include "io/timer.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/random.h"
#include "io/loop.h"

namespace hancock::io {
namespace {

TEST(TimerQueue, calls_back_in_order_whatever_was_armed_moved_or_dropped) {
  Loop loop;  // never run: the queue is driven by hand
  SeededRandom random(7);
  const TimePoint start{std::chrono::hours(1)};
  TimePoint now = start;
  std::vector<std::unique_ptr<Timer>> timers;
  std::vector<TimePoint> wanted(200, kForever);
  size_t fired = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    timers.push_back(std::make_unique<Timer>(loop, [&, i] {
      EXPECT_LE(wanted[i], now);
      EXPECT_GT(wanted[i], now - 10ms);
      wanted[i] = kForever;
      ++fired;
    }));
  }
  for (int round = 0; round < 2000; ++round) {
    const size_t i = random.below(timers.size());
    if (!timers[i]) continue;
    switch (random.below(8)) {
      case 0:
        timers[i]->disarm(), wanted[i] = kForever;
        break;
      case 1:
        timers[i].reset(), wanted[i] = kForever;
        break;
      default:
        wanted[i] = now + std::chrono::milliseconds(1 + random.below(500));
        timers[i]->arm(wanted[i]);
    }
    now += 10ms;
    loop.timers().run(now);
    for (const TimePoint due : wanted) EXPECT_GT(due, now);
  }
  EXPECT_GT(fired, 100U);
}

}  // namespace
}  // namespace hancock::io
