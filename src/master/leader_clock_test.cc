#include "master/leader_clock.h"

#include <gtest/gtest.h>

namespace hancock::master {
namespace {

class SettableClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  TimePoint now_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::hours(1'000)};
};

TEST(LeaderClock, AWallClockThatIsSetMovesNothing) {
  SettableClock clock;
  const LeaderClock leader(clock);
  const WallTime before = leader.wall();
  clock.now_ += 5s;
  clock.wall_ += std::chrono::hours(1);
  EXPECT_EQ(leader.wall(), before + 5s);
  clock.wall_ -= std::chrono::hours(2);
  EXPECT_EQ(leader.wall(), before + 5s);
}

TEST(LeaderClock, ALeaderWhoseClockIsBehindGoesOnFromTheLastOnes) {
  SettableClock clock;
  LeaderClock leader(clock);
  leader.take_over(clock.wall_ + std::chrono::hours(1));
  EXPECT_EQ(leader.wall(), clock.wall_ + std::chrono::hours(1));
  leader.take_over(clock.wall_ - std::chrono::hours(1));
  EXPECT_EQ(leader.wall(), clock.wall_);
}

}  // namespace
}  // namespace hancock::master
