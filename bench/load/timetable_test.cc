#include "load/timetable.h"

#include <gtest/gtest.h>

#include <map>

namespace hancock::load {
namespace {

const TimePoint kStart{1h};

TEST(Timetable, keeps_its_rate_over_days_without_drift) {
  const Timetable timetable(kStart, 300, 2);
  EXPECT_EQ(timetable.at(0).due, kStart);
  EXPECT_EQ(timetable.at(150).due, kStart + 500ms);
  EXPECT_EQ(timetable.at(300 * 86'400 * 3).due, kStart + 72h);
}

TEST(Timetable, makes_every_kind_through_every_gateway_in_the_shares_that_it_names) {
  const Timetable timetable(kStart, 1000, 2);
  std::map<Kind, int> kinds;
  std::map<std::pair<Kind, size_t>, int> through;
  int fresh = 0;
  for (uint64_t number = 0; number < 100'000; ++number) {
    const Request request = timetable.at(number);
    ++kinds[request.kind];
    ++through[{request.kind, request.gateway}];
    fresh += request.way == Way::kFresh;
  }
  EXPECT_NEAR(kinds[Kind::kSlow], 1'000, 100);
  EXPECT_NEAR(kinds[Kind::kPost], 24'000, 500);
  EXPECT_NEAR(fresh, 10'000, 500);
  for (const auto& [what, count] : through) EXPECT_NEAR(count, kinds[what.first] / 2, kinds[what.first] / 10);
}

}  // namespace
}  // namespace hancock::load
