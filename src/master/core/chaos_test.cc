// Property test: whatever goes wrong, each step keeps what must always hold, and the world finds its rest.
// HANCOCK_SEEDS=first..last runs others; a failure names its seed.
#include "master/core/chaos.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace hancock::master {
namespace {

constexpr int kSteps = 250;

TEST(Chaos, WhateverGoesWrongInvariantsHoldAndTheWorldFindsItsRest) {
  unsigned long first = 1;
  unsigned long last = 25;
  if (const char* seeds = std::getenv("HANCOCK_SEEDS")) {
    ASSERT_EQ(std::sscanf(seeds, "%lu..%lu", &first, &last), 2) << "HANCOCK_SEEDS=first..last: " << seeds;
    ASSERT_LE(first, last);
  }
  for (unsigned long seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chaos chaos(seed);
    for (int step = 0; step < kSteps && !HasFailure(); ++step) chaos.step();
    if (!HasFailure()) chaos.calm_down();
    if (!HasFailure()) chaos.check_rest();
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace hancock::master
