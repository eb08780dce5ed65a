#include "slardar/worker/drain.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

constexpr TimePoint kDrainBegin{100h};

TEST(Drain, moments_are_spread_over_its_first_part) {
  const Drain drain(kDrainBegin, 30s);
  EXPECT_EQ(drain.moment_of(0), kDrainBegin);
  EXPECT_EQ(drain.moment_of(1U << 31), kDrainBegin + 1s);
  EXPECT_GT(drain.moment_of(UINT32_MAX), kDrainBegin + 1999ms);
  EXPECT_LT(drain.moment_of(UINT32_MAX), kDrainBegin + 2s);
  EXPECT_EQ(Drain(kDrainBegin, 365 * 24h).moment_of(1U << 30), kDrainBegin + 365 * 24h / 60);
}

TEST(Drain, who_is_idle_has_a_while_after_his_moment_but_not_past_the_deadline) {
  EXPECT_EQ(Drain(kDrainBegin, 30s).end_of_idle(1U << 31), kDrainBegin + 1500ms);
  EXPECT_EQ(Drain(kDrainBegin, 300ms).end_of_idle(1U << 31), kDrainBegin + 300ms);
  EXPECT_EQ(Drain(kDrainBegin, 0s).end_of_idle(UINT32_MAX), kDrainBegin);
}

}  // namespace
}  // namespace hancock::slardar
