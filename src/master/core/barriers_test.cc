#include "master/core/barriers.h"

#include <gtest/gtest.h>

#include "master/core/world.h"

namespace hancock::master {
namespace {

using model::TASK_INTENT_DRAIN;
using model::TASK_INTENT_RELEASE;

class BarriersTest : public testing::Test {
 protected:
  /// Two Tasks serve; one of them is on its way out.
  BarriersTest() {
    world_.add_node("node-1");
    world_.add_node("node-2");
    world_.add_gateway("gw-1");
    EXPECT_TRUE(world_.apply(shop(2)));
    world_.run();
    world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
    world_.settle();
    for (const model::Task& task : world_.tasks())
      if (task.intent() != model::TASK_INTENT_RUN) leaving_ = task.id();
  }

  model::Task leaving() const { return world_.state.task(leaving_)->value; }

  World world_;
  std::string leaving_;
};

TEST_F(BarriersTest, ATaskLeavesByDrainFirst) {
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  EXPECT_EQ(world_.serving().size(), 1U);
  EXPECT_EQ(world_.state.barriers().at(leaving().barrier()).value.tasks, std::vector{leaving_});
  EXPECT_EQ(world_.state.barriers().at(leaving().barrier()).value.after.epoch, 1);
}

TEST_F(BarriersTest, NothingIsReleasedBeforeEveryGatewayHasAppliedIt) {
  world_.pass(std::chrono::hours(2));
  EXPECT_EQ(world_.settle(), 0U);
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  world_.acknowledge("gw-1");
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, VisitorsHaveTheirTimeWhateverTheClockOfTheNextLeaderSays) {
  world_.acknowledge("gw-1", {}, {{leaving_, 3}});
  world_.settle();
  ASSERT_TRUE(leaving().has_acknowledged_at());
  world_.take_over(std::chrono::hours(1));
  for (const char* node : {"node-1", "node-2"}) world_.hear(node);
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  world_.pass(30s);
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE) << "this leader has timed it itself";
}

TEST_F(BarriersTest, AGatewayThatLostItsLeaseIsNotWaitedFor) {
  world_.erase(world_.state.keys().gateway("gw-1"));
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, AGatewayThatComesLateIsWaitedFor) {
  world_.add_gateway("gw-2");
  world_.acknowledge("gw-1");
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
}

TEST_F(BarriersTest, AGatewayOfAnEarlierEpochHasNotAppliedIt) {
  registry::GatewayRecord record = world_.state.gateways().at("gw-1").value;
  record.applied = {0, store::Revision(world_.store.revision() + 1'000)};
  world_.put(world_.state.keys().gateway("gw-1"), registry::encode(record));
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
}

TEST_F(BarriersTest, AGatewayWhoseRecordCannotBeReadHasNotAcknowledged) {
  world_.put(world_.state.keys().gateway("gw-1"), "{");
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  const auto& barrier = world_.state.barriers().begin()->second;
  EXPECT_EQ(progress_of(world_.state, barrier).waiting, "the record /hancock/gateways/gw-1 cannot be read");
}

TEST_F(BarriersTest, WhoRefusesOneOfItsRecordsHasNotAcknowledged) {
  const std::string key = world_.state.keys().endpoint(leaving().node(), leaving_);
  world_.acknowledge("gw-1", {{key, "why"}});
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  EXPECT_EQ(world_.plan().waiting[world_.web], "gateway gw-1 refuses " + key + ": why");
  world_.acknowledge("gw-1", {{"/hancock/routes/other/x/y", "why"}});
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE) << "another record is no concern of this barrier";
}

TEST_F(BarriersTest, WhatIsInFlightIsWaitedForUntilTheDrainTimeout) {
  world_.acknowledge("gw-1", {}, {{leaving_, 1}});
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  EXPECT_TRUE(leaving().has_acknowledged_at());
  world_.pass(29s);
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  EXPECT_EQ(world_.plan().next, world_.clock.now() + 1s);
  world_.pass(1s);
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, AGatewayThatIsAnnouncedAnewHasNotSaidWhatIsInFlight) {
  world_.acknowledge("gw-1", {}, {{leaving_, 1}});
  world_.settle();
  world_.erase(world_.state.keys().gateway("gw-1"));
  world_.add_gateway("gw-1");
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  world_.acknowledge("gw-1", {}, {{leaving_, 1}});
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  world_.pass(30s);
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, WhenNothingIsInFlightAnyMoreItIsReleasedAtOnce) {
  world_.acknowledge("gw-1", {}, {{leaving_, 3}});
  world_.settle();
  world_.acknowledge("gw-1", {}, {{leaving_, 0}});
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, TheBarrierGoesWhenItsTasksHaveEnded) {
  world_.acknowledge("gw-1");
  world_.settle();
  EXPECT_EQ(world_.state.barriers().size(), 1U);
  world_.agents_work();
  world_.settle();
  EXPECT_TRUE(world_.state.barriers().empty());
  EXPECT_EQ(world_.tasks().size(), 1U);
}

TEST_F(BarriersTest, ABarrierThatSomebodyDeletedIsMadeAnew) {
  const std::string before = leaving().barrier();
  world_.erase(world_.state.keys().barrier(before));
  world_.settle();
  EXPECT_EQ(leaving().intent(), TASK_INTENT_DRAIN);
  EXPECT_NE(leaving().barrier(), before);
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 1U);
}

TEST_F(BarriersTest, ATaskThatWasNeverRegisteredIsReleasedAtOnce) {
  world_.commit_all(scale(world_.state, world_.web, 2, world_.clock.wall()));
  world_.settle();
  std::string fresh;
  for (const model::Task& task : world_.staying())
    if (!task.has_ready_at()) fresh = task.id();
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  world_.settle();
  EXPECT_EQ(world_.state.task(fresh)->value.intent(), TASK_INTENT_RELEASE);
}

TEST_F(BarriersTest, ATaskThatGotRegisteredInTheMeantimeIsNotReleasedAtOnce) {
  world_.commit_all(scale(world_.state, world_.web, 2, world_.clock.wall()));
  world_.settle();
  std::string fresh;
  for (const model::Task& task : world_.staying())
    if (!task.has_ready_at()) fresh = task.id();
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  Plan plan = world_.plan();
  world_.put_endpoint(world_.state.task(fresh)->value);
  for (const Change& change : plan.changes) world_.commit(change);
  EXPECT_EQ(world_.state.task(fresh)->value.intent(), model::TASK_INTENT_RUN);
  world_.settle();
  EXPECT_EQ(world_.state.task(fresh)->value.intent(), TASK_INTENT_DRAIN);
}

}  // namespace
}  // namespace hancock::master
