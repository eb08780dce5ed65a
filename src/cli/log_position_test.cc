#include "cli/log_position.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

constexpr const char* kOne = "2026-01-31T08:15:30.1Z";
constexpr const char* kTwo = "2026-01-31T08:15:30.100000001Z";
constexpr const char* kThree = "2026-01-31T08:15:31Z";

TEST(LogPosition, leaves_out_after_a_break_just_what_came_before_it) {
  LogPosition position;
  for (const char* time : {kOne, kTwo, kTwo}) EXPECT_TRUE(position.take(time));
  position.resume();
  for (const char* time : {kOne, kTwo, kTwo}) EXPECT_FALSE(position.take(time)) << time;
  EXPECT_TRUE(position.take(kTwo)) << "a third line of the same moment";
  EXPECT_TRUE(position.take(kThree));
  position.resume();
  for (const char* time : {kTwo, kTwo, kTwo, kThree}) EXPECT_FALSE(position.take(time)) << time;
  EXPECT_TRUE(position.take(kThree));
}

TEST(LogPosition, takes_everything_when_the_last_line_is_no_longer_kept) {
  LogPosition position;
  EXPECT_TRUE(position.take(kOne));
  position.resume();
  EXPECT_TRUE(position.take(kThree));
  EXPECT_TRUE(position.take(kTwo)) << "a clock that went back, behind what was caught up with";
}

TEST(LogPosition, reaches_back_behind_the_last_line) {
  LogPosition position;
  const WallTime last = *parse_rfc3339(kThree);
  EXPECT_EQ(position.reach(last), std::nullopt);
  position.take(kThree);
  EXPECT_EQ(position.reach(last + 1h), Duration(1h + 2min));
  EXPECT_EQ(position.reach(last - 1h), Duration(2min)) << "our clock is behind";
  position.take("nonsense");
  EXPECT_EQ(position.reach(last), std::nullopt);
}

}  // namespace
}  // namespace hancock::cli
