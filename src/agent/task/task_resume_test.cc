#include "agent/task/task_resume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hancock::agent {
namespace {

class TaskResumeTest : public testing::Test {
 protected:
  /// As the journal has a Task whose container 2 was started and serves.
  TaskState serving() {
    TaskState state;
    state.phase = TaskPhase::kReady;
    state.pod = state.alive = state.was_ready = true;
    state.attempt = state.started = 2;
    state.restarts = 1;
    return state;
  }
  Resumed resume(TaskState state, FoundOnNode found) {
    found.pod = true;
    return resumed(std::move(state), found, policy_, now_);
  }
  Step feed(TaskState state, const Input& input) {
    return step(std::move(state), input, policy_, now_, random_);
  }

  TaskPolicy policy_{.image = "shop:1", .ready = ProbePolicy{}};
  TimePoint now_{1h};
  SeededRandom random_{1};
};

TEST_F(TaskResumeTest, WhatServedServesOn) {
  const Resumed next = resume(serving(), {.attempt = 2, .runs = true});
  EXPECT_FALSE(next.ended);
  const Step step = feed(next.state, Tick{});
  EXPECT_EQ(step.state.phase, TaskPhase::kReady);
  EXPECT_EQ(endpoint_wish(step.state), EndpointWish::kReady);
  EXPECT_TRUE(step.ask_ready);
  EXPECT_EQ(step.begin, Work::kNone);
  EXPECT_EQ(step.state.restarts, 1u);
}

TEST_F(TaskResumeTest, AnotherContainerThanTheOneThatServedHasToProveItself) {
  const Resumed next = resume(serving(), {.attempt = 3, .runs = true});
  EXPECT_EQ(next.state.phase, TaskPhase::kRunning);
  EXPECT_EQ(endpoint_wish(next.state), EndpointWish::kAbsent);
  EXPECT_EQ(next.state.restarts, 2u) << "its start was not written down any more";
}

TEST_F(TaskResumeTest, WithoutTheJournalsWordWhatRunsIsAdoptedAndProvesItself) {
  const Resumed next = resume({}, {.attempt = 4, .runs = true});
  EXPECT_EQ(next.state.phase, TaskPhase::kRunning);
  EXPECT_EQ(next.state.attempt, 4u);
  EXPECT_EQ(next.state.restarts, 0u);
}

TEST_F(TaskResumeTest, AContainerThatEndedMeanwhileObeysItsPolicy) {
  policy_.restart = RestartRule::kOnFailure;
  const Resumed next = resume(serving(), {.attempt = 2});
  ASSERT_TRUE(next.ended);
  const Step well = feed(next.state, ContainerExited{2, {.code = 0}, ""});
  EXPECT_EQ(well.state.phase, TaskPhase::kStopped) << "a job that is done is not done again";
  const Step ill = feed(next.state, ContainerExited{2, {.code = 3}, ""});
  EXPECT_EQ(ill.state.phase, TaskPhase::kStarting);
  EXPECT_EQ(ill.state.failures.size(), 1u);
  EXPECT_GT(ill.wake, now_) << "with back-off";
}

TEST_F(TaskResumeTest, AnExitThatWasCountedIsNotCountedAgainAndItsBackOffIsKept) {
  Step before =
      feed(resume(serving(), {.attempt = 2, .runs = true}).state, ContainerExited{2, {.code = 3}, ""});
  const Resumed next = resume(before.state, {.attempt = 2});
  EXPECT_FALSE(next.ended);
  const Step step = feed(next.state, Tick{});
  EXPECT_EQ(step.begin, Work::kNone);
  EXPECT_EQ(step.wake, before.wake);
  EXPECT_EQ(step.state.failures.size(), 1u);
}

TEST_F(TaskResumeTest, AStartOfWhichNothingWasHeardThatEndedCountsAsAnExit) {
  TaskState state = serving();
  state.phase = TaskPhase::kStarting;
  state.alive = false;
  state.attempt = 3;
  EXPECT_TRUE(resume(state, {.attempt = 3}).ended);
  EXPECT_FALSE(resume(state, {.attempt = 2}).ended) << "of that one it was heard";
}

TEST_F(TaskResumeTest, AContainerThatIsGoneHasEnded) {
  const Resumed next = resume(serving(), {});
  ASSERT_TRUE(next.ended);
  const Step step = feed(next.state, ContainerExited{2, {.code = 255}, "it is gone", Blame::kOthers});
  EXPECT_EQ(step.state.phase, TaskPhase::kStarting);
  EXPECT_TRUE(step.state.failures.empty());
}

TEST_F(TaskResumeTest, WhatHadEndedForGoodStaysSoAndIsOnlyRemoved) {
  TaskState state = serving();
  state.phase = TaskPhase::kFailed;
  state.alive = false;
  state.hopeless = true;
  const Step step = feed(resume(state, {.attempt = 2, .runs = true}).state, Tick{});
  EXPECT_EQ(step.state.phase, TaskPhase::kFailed);
  EXPECT_TRUE(step.state.hopeless);
  EXPECT_EQ(step.begin, Work::kRemove);
}

TEST_F(TaskResumeTest, WhatWasBeingStoppedIsStopped) {
  TaskState state = serving();
  state.phase = TaskPhase::kStopping;
  const Step step = feed(resume(state, {.attempt = 2, .runs = true}).state, Tick{});
  EXPECT_EQ(step.state.phase, TaskPhase::kStopping);
  EXPECT_EQ(step.begin, Work::kRemove);
}

TEST_F(TaskResumeTest, APreStopOfWhichTheEndWasNotSeenIsRunAgainOneThatEndedIsNot) {
  policy_.has_pre_stop = true;
  TaskState state = serving();
  state.phase = TaskPhase::kStopping;
  EXPECT_EQ(feed(resume(state, {.attempt = 2, .runs = true}).state, Tick{}).begin, Work::kPreStop);
  EXPECT_EQ(feed(resume(state, {.attempt = 2}).state, Tick{}).begin, Work::kRemove) << "nothing runs";
  state.pre_stopped = true;
  EXPECT_EQ(feed(resume(state, {.attempt = 2, .runs = true}).state, Tick{}).begin, Work::kRemove);
}

TEST_F(TaskResumeTest, ADrainGoesOnAndCanBeTakenBack) {
  TaskState state = serving();
  state.phase = TaskPhase::kDraining;
  state.intent = TaskIntent::kDrain;
  const Step drains = feed(resume(state, {.attempt = 2, .runs = true}).state, Tick{});
  EXPECT_EQ(drains.state.phase, TaskPhase::kDraining);
  EXPECT_EQ(feed(drains.state, IntentChanged{TaskIntent::kRun}).state.phase, TaskPhase::kReady);
}

TEST_F(TaskResumeTest, ARebootEndsItAndForgivesIt) {
  TaskState state = serving();
  state.failures = {now_, now_};
  const Resumed next = resume(after_reboot(state), {.attempt = 2});
  ASSERT_TRUE(next.ended);
  const Step step = feed(next.state, ContainerExited{2, {.code = 255}, "its Node went down", Blame::kOthers});
  EXPECT_TRUE(step.state.failures.empty());
  EXPECT_EQ(endpoint_wish(step.state), EndpointWish::kAbsent);
  EXPECT_LE(step.wake, now_ + 2s);
}

}  // namespace
}  // namespace hancock::agent
