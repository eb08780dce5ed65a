#include "agent/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Thing::Kind;

constexpr TimePoint kStart{1000s};

TEST(Leftovers, WhatNobodyOwnsGoesAfterItsGrace) {
  Leftovers leftovers;
  const std::map<Thing, Duration> found{{{Kind::kPod, "t-1"}, 0s}, {{Kind::kPod, "t-2"}, 0s}};
  const Owners owners{.tasks = {"t-2"}, .pods = {}, .sandboxes = {}};
  EXPECT_THAT(leftovers.due(found, owners, kStart), IsEmpty());
  const TimePoint end = kStart + grace_of(Kind::kPod);
  EXPECT_EQ(leftovers.next(), end);
  EXPECT_THAT(leftovers.due(found, owners, end - 1ms), IsEmpty());
  EXPECT_THAT(leftovers.due(found, owners, end), ElementsAre(Thing{Kind::kPod, "t-1"}));
  EXPECT_EQ(leftovers.next(), kForever);
}

TEST(Leftovers, WhatWasOwnedAgainOrGoneMeanwhileBeginsAnew) {
  Leftovers leftovers;
  const Thing pod{Kind::kPod, "t-1"};
  const Duration grace = grace_of(Kind::kPod);
  leftovers.due({{pod, 0s}}, {}, kStart);
  leftovers.due({{pod, 0s}}, {.tasks = {"t-1"}, .pods = {}, .sandboxes = {}}, kStart + grace);
  EXPECT_THAT(leftovers.due({{pod, 0s}}, {}, kStart + grace), IsEmpty()) << "it had an owner in between";
  leftovers.due({}, {}, kStart + 2 * grace);
  EXPECT_THAT(leftovers.due({{pod, 0s}}, {}, kStart + 3 * grace), IsEmpty()) << "it is another one";
}

TEST(Leftovers, AnAgeThatIsKnownFromElsewhereCounts) {
  Leftovers leftovers;
  const Thing young{Kind::kLogFolder, "t-1"};
  const Thing old{Kind::kLogFolder, "t-2"};
  EXPECT_THAT(leftovers.due({{young, 59min}, {old, 1h}}, {}, kStart), ElementsAre(old));
  EXPECT_EQ(leftovers.next(), kStart + 1min);
}

TEST(Leftovers, APodGoesBeforeItsCgroup) {
  const Thing cgroup{Kind::kCgroup, "t-1"};
  EXPECT_TRUE(is_owned(cgroup, {.tasks = {}, .pods = {"t-1"}, .sandboxes = {}}));
  EXPECT_TRUE(is_owned(cgroup, {.tasks = {"t-1"}, .pods = {}, .sandboxes = {}}));
  EXPECT_FALSE(is_owned(cgroup, {}));
}

TEST(Leftovers, AnAddressIsItsSandboxesAndWhatARuntimeMayBeMakingIsSpared) {
  const Thing reservation{Kind::kReservation, "abc"};
  EXPECT_TRUE(is_owned(reservation, {.tasks = {}, .pods = {}, .sandboxes = {"abc"}}));
  EXPECT_FALSE(is_owned(reservation, {.tasks = {"abc"}, .pods = {}, .sandboxes = {}}));
  EXPECT_GT(grace_of(Kind::kReservation), 60s) << "as long as a sandbox may take to be made";
  EXPECT_GT(grace_of(Kind::kNamespace), 60s);
}

TEST(Leftovers, ASandboxIsItsPoolsOrItsTasksAndItsCgroupTheRuntimes) {
  const Owners owners{.sandboxes = {"abc", "def"}, .claimed = {"abc"}};
  EXPECT_TRUE(is_owned({Kind::kSandbox, "abc"}, owners));
  EXPECT_FALSE(is_owned({Kind::kSandbox, "def"}, owners));
  EXPECT_TRUE(is_owned({Kind::kSandboxCgroup, "def"}, owners));
  EXPECT_FALSE(is_owned({Kind::kSandboxCgroup, "gone"}, owners));
}

}  // namespace
}  // namespace hancock::agent
