// Whole clusters on virtual time: nothing that goes wrong breaks what must hold, and what is built in wrong
// is caught. HANCOCK_SEEDS=first-last runs others; a failure prints its seed and its last steps.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ostream>

#include "sim/run.h"

namespace hancock::sim {
namespace {

constexpr size_t kThreads = 2;

std::string text_of(const Outcome& outcome) {
  std::string text = "seed " + std::to_string(outcome.seed) + ": " + outcome.violation + "\n";
  for (const std::string& line : outcome.trace) text += line + "\n";
  return text;
}

TEST(Simulation, WhateverGoesWrongTheInvariantsHoldAndEverythingFindsItsRest) {
  SeedRange seeds{1, 20};
  if (const char* others = std::getenv("HANCOCK_SEEDS")) {
    ASSERT_EQ(std::sscanf(others, "%lu-%lu", &seeds.first, &seeds.last), 2);
  }
  const Summary summary = run_seeds(seeds, kThreads);
  EXPECT_FALSE(summary.failure) << text_of(*summary.failure);
}

TEST(Simulation, ASeedIsTheSameRunEachTime) {
  for (uint64_t seed = 2; seed <= 3; ++seed) {
    const Outcome first = run_seed(seed);
    const Outcome second = run_seed(seed);
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_EQ(first.virtual_seconds, second.virtual_seconds);
  }
}

TEST(Simulation, AFailureReplaysWithItsTrace) {
  const Summary summary = run_seeds({1, 50}, kThreads, Bug::kEventNumberSkipped);
  ASSERT_TRUE(summary.failure);
  const Outcome again = run_seed(summary.failure->seed, Bug::kEventNumberSkipped);
  EXPECT_EQ(again.violation, summary.failure->violation);
  EXPECT_EQ(again.trace, summary.failure->trace);
  EXPECT_FALSE(again.trace.empty());
}

/// A mistake, what the invariant says that catches it, and within how many seeds.
struct Mistake {
  Bug bug;
  std::string_view name;
  std::string_view says;
  uint64_t first = 1;
  uint64_t last = 100;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class BuiltInBug : public testing::TestWithParam<Mistake> {};

TEST_P(BuiltInBug, IsCaughtWithinItsSeeds) {
  const Summary summary = run_seeds({GetParam().first, GetParam().last}, kThreads, GetParam().bug);
  ASSERT_TRUE(summary.failure);
  EXPECT_NE(summary.failure->violation.find(GetParam().says), std::string::npos) << text_of(*summary.failure);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BuiltInBug,
    testing::Values(Mistake{Bug::kFenceIgnored, "StoreIgnoresTheLeadersFence", "writes in term"},
                    Mistake{Bug::kNodeFenceIgnored, "StoreIgnoresNodesFences", "was given up and registers",
                            500, 530},
                    Mistake{Bug::kWatchSkips, "StoreWatchSkips", "mirrors what the store does not hold"},
                    Mistake{Bug::kEventNumberSkipped, "ReconcilerSkipsANumber", "comes after"},
                    Mistake{Bug::kDecidesTooEarly, "ReconcilerDecidesTooEarly", "are placed"},
                    Mistake{Bug::kWallClockBelieved, "LeaderBelievesItsWallClock", ""},
                    Mistake{Bug::kOneNodeForAll, "PlacementKnowsOneNode", ""},
                    Mistake{Bug::kPortGivenTwice, "AgentGivesAPortTwice", "belongs to"},
                    Mistake{Bug::kAdoptionRestarts, "AgentRestartsOnAdoption", "is started again"},
                    Mistake{Bug::kStaysAfterRelease, "AgentLetsAReleasedTaskRun", "the Task has ended"},
                    Mistake{Bug::kChangeForgotten, "GatewayMissesAChange", ""},
                    Mistake{Bug::kAcknowledgesEarly, "GatewayAcknowledgesEarly", "SIGTERM"},
                    Mistake{Bug::kDrainingIgnored, "GatewayIgnoresDraining", ""},
                    Mistake{Bug::kStopsBeforeBarrier, "BarrierIsPassedOver", "SIGTERM"},
                    Mistake{Bug::kSwitchesTooEarly, "DeploymentSwitchesTooEarly", "are switched to nobody"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace hancock::sim
