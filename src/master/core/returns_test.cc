#include "master/core/returns.h"

#include <gtest/gtest.h>

#include "master/core/assignments.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

/// One Task on node-1, which is given up; node-2 has room for another.
class ReturnsTest : public testing::Test {
 protected:
  void lose(const model::DisconnectSpec& disconnect = {}, uint32_t replicas = 1, bool has_other_node = true) {
    world_.add_node("node-1");
    world_.add_gateway("gw-1");
    model::AppSpec spec = shop(replicas);
    *spec.mutable_services()->at("web").mutable_disconnect() = disconnect;
    World::set_lost_after(spec, 10);
    ASSERT_TRUE(world_.apply(spec));
    world_.run();
    ASSERT_EQ(world_.serving().size(), replicas);
    original_ = world_.tasks()[0].id();
    if (has_other_node) world_.add_node("node-2");
    world_.pass(10s, {"node-1"});
    world_.settle();
    ASSERT_EQ(original().state(), model::TASK_STATE_LOST);
  }

  static model::DisconnectSpec keep_replacement() {
    model::DisconnectSpec spec;
    spec.set_reconcile(model::RECONCILE_KEEP_REPLACEMENT);
    return spec;
  }

  model::Task original() const { return world_.state.task(original_)->value; }
  model::Task replacement() const {
    for (const auto& [id, task] : world_.state.tasks())
      if (task.value.replaces() == original_) return task.value;
    ADD_FAILURE() << "nobody stands in for it";
    return {};
  }
  std::optional<model::TaskIntent> assigned() const {
    for (const model::Assignment& assignment : assignments_for(world_.state, "node-1"))
      if (assignment.task() == original_) return assignment.intent();
    return std::nullopt;
  }

  World world_;
  std::string original_;
};

TEST_F(ReturnsTest, UntilItIsDecidedTheAgentKeepsWhatRunsAndRegistersNothing) {
  lose();
  EXPECT_EQ(assigned(), std::nullopt);
  EXPECT_EQ(undecided_on(world_.state, "node-1"), std::set{original_});
  EXPECT_EQ(replacement().node(), "node-2");
  world_.report_all("node-1", {original_});
  EXPECT_EQ(undecided_on(world_.state, "node-1"), std::set{original_})
      << "live again, and still not decided on";
  world_.settle();
  EXPECT_TRUE(undecided_on(world_.state, "node-1").empty());
}

TEST_F(ReturnsTest, WhereNobodyTookItsPlaceItIsAdoptedAsItRuns) {
  lose({}, 1, false);
  world_.report_all("node-1", {original_});
  EXPECT_TRUE(world_.has_event("task.returned"));
  world_.settle();
  EXPECT_EQ(assigned(), model::TASK_INTENT_RUN);
  EXPECT_TRUE(world_.has_event("task.adopted"));
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
  EXPECT_EQ(world_.serving()[0].id(), original_);
  EXPECT_EQ(world_.state.tasks().size(), 1U) << "and nothing was started";
}

TEST_F(ReturnsTest, AReplacementThatDoesNotServeYetGivesWayAtOnce) {
  lose();
  world_.report_all("node-1", {original_});
  world_.settle();
  EXPECT_EQ(original().intent(), model::TASK_INTENT_RUN);
  EXPECT_EQ(replacement().intent(), model::TASK_INTENT_RELEASE);
}

TEST_F(ReturnsTest, AReplacementThatServesStaysUntilTheOriginalServesAgain) {
  lose();
  world_.run();
  ASSERT_EQ(world_.serving().size(), 1U);
  world_.report_all("node-1", {original_});
  world_.settle();
  EXPECT_EQ(original().intent(), model::TASK_INTENT_RUN);
  EXPECT_EQ(replacement().intent(), model::TASK_INTENT_RUN);
  world_.make_ready(original_);
  world_.settle();
  EXPECT_EQ(replacement().intent(), model::TASK_INTENT_DRAIN) << "by the barrier";
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
  EXPECT_EQ(world_.serving()[0].id(), original_);
}

TEST_F(ReturnsTest, AnOriginalThatDoesNotServeInTimeIsNotWaitedForLonger) {
  lose();
  world_.run();
  world_.report_all("node-1", {original_});
  world_.settle();
  world_.pass(std::chrono::minutes(2));
  world_.settle();
  EXPECT_NE(original().intent(), model::TASK_INTENT_RUN);
  EXPECT_EQ(replacement().intent(), model::TASK_INTENT_RUN);
}

TEST_F(ReturnsTest, WhereTheReplacementIsKeptTheOriginalLeavesByTheBarrier) {
  lose(keep_replacement());
  world_.run();
  world_.report_all("node-1", {original_});
  world_.settle();
  EXPECT_EQ(original().intent(), model::TASK_INTENT_DRAIN);
  EXPECT_EQ(world_.state.barriers().at(original().barrier()).value.tasks, std::vector{original_});
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
  EXPECT_EQ(world_.serving()[0].id(), replacement().id());
  EXPECT_EQ(original().state(), model::TASK_STATE_STOPPED);
}

TEST_F(ReturnsTest, KeepReplacementStillAdoptsWhereNobodyTookItsPlace) {
  lose(keep_replacement(), 1, false);
  world_.report_all("node-1", {original_});
  world_.settle();
  EXPECT_EQ(original().intent(), model::TASK_INTENT_RUN);
}

TEST_F(ReturnsTest, WithoutReplaceThePlaceWaitsForTheNode) {
  model::DisconnectSpec spec;
  spec.set_replace(false);
  lose(spec);
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
  EXPECT_NE(world_.plan().waiting[world_.web].find("may come back with node node-1"), std::string::npos);
  world_.pass(std::chrono::hours(48), {"node-1"});
  world_.settle();
  EXPECT_TRUE(world_.tasks().empty());
  world_.report_all("node-1", {original_});
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
}

TEST_F(ReturnsTest, WithoutReplaceWhatRunsNoMoreIsReplaced) {
  model::DisconnectSpec spec;
  spec.set_replace(false);
  lose(spec);
  world_.report_all("node-1", {});
  EXPECT_TRUE(undecided_on(world_.state, "node-1").empty());
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
}

TEST_F(ReturnsTest, WhatIsNotWantedAnyMoreIsDrained) {
  lose({}, 1, false);
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  world_.report_all("node-1", {original_});
  world_.settle();
  EXPECT_NE(original().intent(), model::TASK_INTENT_RUN);
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
}

TEST_F(ReturnsTest, AStandInThatFailedHandsItsPlaceOn) {
  lose();
  world_.run();
  const std::string first = replacement().id();
  world_.report(first, model::TASK_STATE_FAILED, "exited", true);
  world_.pass(std::chrono::minutes(1), {"node-1"});
  world_.settle();
  ASSERT_EQ(world_.staying().size(), 1U);
  EXPECT_EQ(world_.staying()[0].replaces(), original_);
}

TEST_F(ReturnsTest, EveryTaskOfANodeComesBackAndNoMoreServeThanAreWanted) {
  lose({}, 6);
  world_.run();
  ASSERT_EQ(world_.serving().size(), 6U);
  std::vector<std::string> originals;
  for (const auto& [id, task] : world_.state.tasks())
    if (task.value.may_return()) originals.push_back(id);
  ASSERT_EQ(originals.size(), 6U);
  world_.report_all("node-1", originals);
  world_.run();
  EXPECT_EQ(world_.serving().size(), 6U);
  for (const model::Task& task : world_.serving()) EXPECT_EQ(task.node(), "node-1");
}

TEST_F(ReturnsTest, ATaskThatWasReleasedDoesNotReturn) {
  world_.add_node("node-1");
  model::AppSpec spec = shop(1);
  World::set_lost_after(spec, 10);
  ASSERT_TRUE(world_.apply(spec));
  world_.settle();
  original_ = world_.tasks()[0].id();
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  ASSERT_EQ(original().intent(), model::TASK_INTENT_RELEASE);
  world_.pass(10s, {"node-1"});
  world_.settle();
  EXPECT_FALSE(original().may_return());
  EXPECT_TRUE(undecided_on(world_.state, "node-1").empty());
}

}  // namespace
}  // namespace hancock::master
