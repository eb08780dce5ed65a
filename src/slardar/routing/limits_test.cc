#include "slardar/routing/limits.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hancock::slardar {
namespace {

const TimePoint kBegin{std::chrono::hours(1)};

TEST(Limits, so_many_in_flight_and_no_more) {
  const Limits limits{.in_flight = 2};
  const auto state = std::make_shared<LimitState>();
  auto first = Admission::ask(limits, state, kBegin);
  auto second = Admission::ask(limits, state, kBegin);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  const auto third = Admission::ask(limits, state, kBegin);
  EXPECT_FALSE(third);
  EXPECT_EQ(third.retry_after(), 1s);
  first = Admission();
  EXPECT_TRUE(Admission::ask(limits, state, kBegin));
}

TEST(Limits, a_burst_at_once_then_the_rate) {
  const Limits limits{.rate = 10, .burst = 3};
  const auto state = std::make_shared<LimitState>();
  const auto ask = [&](Duration at) { return Admission::ask(limits, state, kBegin + at).retry_after(); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(0s), 0s);
  EXPECT_EQ(ask(0s), 100ms);
  EXPECT_EQ(ask(60ms), 40ms);
  EXPECT_EQ(ask(100ms), 0s);
  EXPECT_EQ(ask(100ms), 100ms);
  EXPECT_EQ(ask(10s), 0s) << "the bucket is full again, and no fuller";
  EXPECT_EQ(ask(10s), 0s);
  EXPECT_EQ(ask(10s), 0s);
  EXPECT_GT(ask(10s), 0s);
}

TEST(Limits, a_debt_of_others_before_a_change_is_not_held_against_anybody) {
  const auto state = std::make_shared<LimitState>();
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Admission::ask({.rate = 1, .burst = 1000}, state, kBegin));
  const Limits now{.rate = 100};
  EXPECT_EQ(Admission::ask(now, state, kBegin).retry_after(), 10ms);
  EXPECT_TRUE(Admission::ask(now, state, kBegin + 10ms));
}

TEST(Limits, who_is_refused_by_the_rate_is_not_in_flight) {
  const Limits limits{.in_flight = 1, .rate = 1, .burst = 1};
  const auto state = std::make_shared<LimitState>();
  { EXPECT_TRUE(Admission::ask(limits, state, kBegin)); }
  EXPECT_FALSE(Admission::ask(limits, state, kBegin)) << "no token";
  EXPECT_TRUE(Admission::ask(limits, state, kBegin + 1s));
}

TEST(Limits, hold_for_all_threads_together) {
  const Limits limits{.in_flight = 5, .rate = 1'000, .burst = 1'000};
  const auto state = std::make_shared<LimitState>();
  std::atomic<int> in_flight{0};
  std::atomic<int> most{0};
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20'000; ++round) {
        const auto admission = Admission::ask(limits, state, kBegin);
        const auto other = Admission::ask(limits, state, kBegin);
        for (const Admission* each : {&admission, &other}) {
          if (!*each) continue;
          ++admitted;
          const int now = ++in_flight;
          int seen = most;
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
        }
        for (const Admission* each : {&admission, &other}) {
          if (*each) --in_flight;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 5);
  EXPECT_EQ(admitted, 1'000) << "time stands still: the burst and not one more";
}

TEST(Limits, a_route_without_them_admits_everybody) { EXPECT_TRUE(Admission::ask({}, nullptr, kBegin)); }

}  // namespace
}  // namespace hancock::slardar
