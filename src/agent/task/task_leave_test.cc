// How a Task leaves: drain, release, removal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/task/task_logic_testing.h"

namespace hancock::agent {
namespace {

using ::testing::HasSubstr;

TEST_F(TaskLogicTest, DrainKeepsItAliveUntilRelease) {
  get_ready();
  feed(IntentChanged{TaskIntent::kDrain});
  EXPECT_EQ(state_.phase, TaskPhase::kDraining);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kKeep);
  EXPECT_EQ(last_.begin, Work::kNone);
  EXPECT_EQ(last_.wake, kForever) << "no probes while it drains";
  feed(IntentChanged{TaskIntent::kRelease});
  EXPECT_EQ(state_.phase, TaskPhase::kStopping);
  EXPECT_EQ(last_.begin, Work::kRemove);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
  exited(0);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kStopped);
}

TEST_F(TaskLogicTest, ADrainThatIsTakenBackServesAndIsProbedAsBefore) {
  policy_.live = ProbePolicy{};
  get_ready();
  feed(IntentChanged{TaskIntent::kDrain});
  probed(ProbeKind::kReady, true);  // asked before
  probed(ProbeKind::kLive, true);
  advance(1min);
  EXPECT_FALSE(last_.ask_ready);
  feed(IntentChanged{TaskIntent::kRun});
  EXPECT_EQ(state_.phase, TaskPhase::kReady);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kReady);
  EXPECT_TRUE(last_.ask_ready);
  EXPECT_TRUE(last_.ask_live);
  for (int i = 0; i < 3; ++i) {
    probed(ProbeKind::kReady, false);
    advance(2s);
  }
  EXPECT_EQ(state_.phase, TaskPhase::kRunning) << "its probes count again";
  exited(1);
  EXPECT_EQ(state_.phase, TaskPhase::kStarting) << "it is restarted, not removed";
}

TEST_F(TaskLogicTest, ADrainOfATaskThatIsNotReadyYetIsTakenBackToo) {
  run();
  feed(IntentChanged{TaskIntent::kDrain});
  EXPECT_EQ(state_.phase, TaskPhase::kDraining);
  feed(IntentChanged{TaskIntent::kRun});
  EXPECT_EQ(state_.phase, TaskPhase::kRunning);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
}

TEST_F(TaskLogicTest, PreStopRunsAfterTheReleaseAndBeforeItIsStopped) {
  policy_.has_pre_stop = true;
  get_ready();
  feed(IntentChanged{TaskIntent::kDrain});
  EXPECT_EQ(last_.begin, Work::kNone) << "visitors may still come";
  feed(IntentChanged{TaskIntent::kRelease});
  EXPECT_EQ(last_.begin, Work::kPreStop);
  EXPECT_EQ(state_.phase, TaskPhase::kStopping);
  feed(Tick{});
  EXPECT_EQ(last_.begin, Work::kNone) << "it has not ended";
  done();
  EXPECT_EQ(last_.begin, Work::kRemove);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kStopped);
  EXPECT_EQ(state_.pre_stop_failure, "");
}

TEST_F(TaskLogicTest, APreStopThatFailsIsToldOfAndHoldsNothingUp) {
  policy_.has_pre_stop = true;
  get_ready();
  feed(IntentChanged{TaskIntent::kRelease});
  failed(Blame::kTask, "pre_stop: /bye: exit code 1");
  EXPECT_EQ(last_.begin, Work::kRemove) << "at once";
  EXPECT_EQ(state_.pre_stop_failure, "pre_stop: /bye: exit code 1");
  failed(Blame::kOthers, "device busy");
  advance(last_.wake - now_);
  EXPECT_EQ(last_.begin, Work::kRemove) << "it is run once";
}

TEST_F(TaskLogicTest, PreStopIsNotRunInWhatHasEndedNorHeldAgainstIt) {
  policy_.has_pre_stop = true;
  get_ready();
  feed(IntentChanged{TaskIntent::kRelease});
  ASSERT_EQ(last_.begin, Work::kPreStop);
  exited(0);
  EXPECT_EQ(last_.begin, Work::kNone) << "its command is under way still";
  failed(Blame::kTask, "no such process");
  EXPECT_EQ(last_.begin, Work::kRemove);
  EXPECT_EQ(state_.pre_stop_failure, "");

  state_ = {};
  get_ready();
  feed(IntentChanged{TaskIntent::kDrain});
  exited(0);
  EXPECT_EQ(last_.begin, Work::kRemove);
}

TEST_F(TaskLogicTest, ARestartRunsNoPreStop) {
  policy_.has_pre_stop = true;
  policy_.live = ProbePolicy{.fall = 1};
  get_ready();
  ASSERT_TRUE(state_.live.asked);
  probed(ProbeKind::kLive, false);
  EXPECT_EQ(last_.begin, Work::kStop);
}

TEST_F(TaskLogicTest, WhatIsReleasedOrStopsAlreadyIsNotTakenBack) {
  get_ready();
  feed(IntentChanged{TaskIntent::kDrain});
  exited(0);
  ASSERT_EQ(state_.phase, TaskPhase::kStopping);
  feed(IntentChanged{TaskIntent::kRun});
  EXPECT_EQ(state_.phase, TaskPhase::kStopping);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kStopped);

  state_ = {};
  get_ready();
  feed(IntentChanged{TaskIntent::kRelease});
  feed(IntentChanged{TaskIntent::kRun});
  EXPECT_EQ(state_.phase, TaskPhase::kStopping);
}

TEST_F(TaskLogicTest, WhatNeverRanIsStoppedByDrain) {
  feed(Tick{});
  const uint64_t pull = state_.work_id;
  feed(IntentChanged{TaskIntent::kDrain});
  EXPECT_EQ(state_.phase, TaskPhase::kStopped);
  feed(WorkDone{pull});
  EXPECT_EQ(last_.begin, Work::kNone) << "a pull that ends late starts nothing";
}

TEST_F(TaskLogicTest, ReleaseWaitsForAStartUnderWay) {
  feed(Tick{});
  done();
  ASSERT_EQ(state_.work, Work::kStart);
  feed(IntentChanged{TaskIntent::kRelease});
  EXPECT_EQ(last_.begin, Work::kNone);
  done();
  EXPECT_EQ(last_.begin, Work::kRemove);
}

TEST_F(TaskLogicTest, RemovalIsTriedUntilItSucceeds) {
  get_ready();
  feed(IntentChanged{TaskIntent::kRelease});
  for (int i = 0; i < 20; ++i) {
    failed(Blame::kTask, "device busy");
    EXPECT_EQ(state_.phase, TaskPhase::kStopping);
    EXPECT_THAT(state_.message, HasSubstr("device busy"));
    advance(last_.wake - now_);
    ASSERT_EQ(last_.begin, Work::kRemove);
  }
  done();
  EXPECT_TRUE(is_over(state_));
}

}  // namespace
}  // namespace hancock::agent
