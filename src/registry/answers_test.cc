#include "registry/answers.h"

#include <gtest/gtest.h>

namespace hancock::registry {
namespace {

TEST(Answers, EachLatencyLiesInItsStep) {
  for (Duration latency = 1us; latency < 100s; latency += latency / 20 + 1us) {
    const uint32_t step = latency_step(latency);
    ASSERT_LT(step, kLatencySteps);
    const Duration rounding = latency / 1'000;  // of the powers of two
    EXPECT_GE(latency + rounding, latency_begin(step)) << latency.count();
    EXPECT_LE(latency - rounding, latency_begin(step + 1)) << latency.count();
  }
  EXPECT_EQ(latency_step(0s), 0U);
  EXPECT_EQ(latency_step(10h), kLatencySteps - 1);
}

TEST(Answers, AStepIsAnEighthOfADoubling) {
  EXPECT_EQ(latency_step(2ms), latency_step(1ms) + 8);
  EXPECT_EQ(latency_begin(latency_step(1ms) + 8).count() / 1'000,
            latency_begin(latency_step(1ms)).count() * 2 / 1'000);
}

TEST(Answers, WhatSeveralHaveCountedIsAddedUp) {
  Answers all{.requests = 10, .failed = 1, .heads = {{3, 4}, {5, 6}}};
  all.merge({.requests = 5, .failed = 2, .heads = {{5, 1}, {9, 2}}});
  EXPECT_EQ(all, (Answers{.requests = 15, .failed = 3, .heads = {{3, 4}, {5, 7}, {9, 2}}}));
}

}  // namespace
}  // namespace hancock::registry
