#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/task/task_logic_testing.h"
#include "agent/task/task_words.h"

namespace hancock::agent {
namespace {

using ::testing::HasSubstr;

TEST_F(TaskLogicTest, GoesFromAssignedToReadyAndServes) {
  run();
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
  probed(ProbeKind::kReady, true);
  EXPECT_EQ(last_.wake, now_ + 2s);
  advance(2s);
  probed(ProbeKind::kReady, true);
  EXPECT_EQ(state_.phase, TaskPhase::kRunning) << "not before min_healthy_time";
  EXPECT_THAT(state_.message, HasSubstr("5s"));
  advance(4s);
  probed(ProbeKind::kReady, true);
  EXPECT_EQ(state_.phase, TaskPhase::kRunning);
  advance(1s);
  EXPECT_EQ(state_.phase, TaskPhase::kReady);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kReady);
  EXPECT_EQ(state_.message, "");
}

TEST_F(TaskLogicTest, WithoutAReadyProbeItIsReadyOnceItRanForMinHealthyTime) {
  policy_.ready.reset();
  run();
  EXPECT_EQ(last_.wake, now_ + 5s);
  advance(5s);
  EXPECT_EQ(state_.phase, TaskPhase::kReady);
}

TEST_F(TaskLogicTest, AFailingReadyProbeTakesItOutAndAPassingOnePutsItBack) {
  get_ready();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(endpoint_wish(state_), EndpointWish::kReady);
    probed(ProbeKind::kReady, false);
    advance(2s);
  }
  EXPECT_EQ(state_.phase, TaskPhase::kRunning);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
  EXPECT_THAT(state_.message, HasSubstr("failed 3 times: refused"));
  probed(ProbeKind::kReady, true);
  advance(2s);
  probed(ProbeKind::kReady, true);
  EXPECT_EQ(state_.phase, TaskPhase::kReady) << "min_healthy_time is for fresh containers";
}

TEST_F(TaskLogicTest, AnImageThatDoesNotExistEndsItAtOnce) {
  feed(Tick{});
  failed(Blame::kHopeless, "no such image");
  EXPECT_EQ(state_.phase, TaskPhase::kFailed);
  EXPECT_TRUE(state_.hopeless);
  EXPECT_EQ(state_.message, "no such image");
  EXPECT_TRUE(is_over(state_));
}

TEST_F(TaskLogicTest, ARegistryThatIsDownIsAskedAgainForEver) {
  feed(Tick{});
  for (int i = 0; i < 50; ++i) {
    failed(Blame::kOthers, "registry: connection refused");
    EXPECT_EQ(state_.phase, TaskPhase::kPulling);
    EXPECT_THAT(state_.message, HasSubstr("connection refused; next try in "));
    ASSERT_LE(last_.wake - now_, 18s);
    advance(last_.wake - now_);
    ASSERT_EQ(last_.begin, Work::kPull);
  }
  EXPECT_FALSE(state_.hopeless);
}

TEST_F(TaskLogicTest, ACommandThatExitsIsRestartedLaterAndLaterUntilItsAttemptsAreUsedUp) {
  run();
  Duration before = 0s;
  for (uint32_t i = 1; i < 5; ++i) {
    exited(3);
    EXPECT_EQ(state_.phase, TaskPhase::kStarting);
    EXPECT_THAT(state_.message, HasSubstr("exit code 3: bye; restart in"));
    EXPECT_EQ(last_.begin, Work::kNone);
    const Duration wait = last_.wake - now_;
    EXPECT_GT(wait, before);
    before = wait;
    advance(wait);
    ASSERT_EQ(last_.begin, Work::kStart);
    done();
    EXPECT_EQ(state_.restarts, i);
  }
  exited(3);
  EXPECT_EQ(state_.phase, TaskPhase::kFailed);
  EXPECT_TRUE(state_.hopeless);
  EXPECT_THAT(state_.message, HasSubstr("exit code 3: bye (5 failures within 10m)"));
  EXPECT_EQ(last_.begin, Work::kRemove);
  done();
  EXPECT_TRUE(is_over(state_));
  EXPECT_EQ(state_.exit, (TaskExit{.code = 3}));
}

TEST_F(TaskLogicTest, OldFailuresAreForgotten) {
  run();
  for (int i = 0; i < 20; ++i) {
    advance(3min);
    exited(1);
    ASSERT_EQ(state_.phase, TaskPhase::kStarting) << i;
    advance(last_.wake - now_);
    done();
  }
  EXPECT_EQ(state_.restarts, 20u);
}

TEST_F(TaskLogicTest, RestartRulesAreKept) {
  policy_.restart = RestartRule::kOnFailure;
  run();
  exited(0);
  EXPECT_EQ(state_.phase, TaskPhase::kStopped);

  state_ = {};
  policy_.restart = RestartRule::kNever;
  run();
  exited(1);
  EXPECT_EQ(state_.phase, TaskPhase::kFailed);
  EXPECT_TRUE(state_.hopeless);
}

TEST_F(TaskLogicTest, OutOfMemorySaysTheLimit) {
  policy_.memory_bytes = 64 << 20;
  run();
  feed(ContainerExited{state_.attempt, {.code = 137, .signal = 9, .oom = true}, ""});
  EXPECT_THAT(state_.message, HasSubstr("out of memory: it used more than its 64Mi"));
}

TEST_F(TaskLogicTest, AFailingLiveProbeRestartsIt) {
  policy_.live = ProbePolicy{};
  get_ready();
  EXPECT_TRUE(last_.ask_live) << "it starts with the first ready";
  for (int i = 0; i < 3; ++i) {
    probed(ProbeKind::kLive, false);
    if (i < 2) advance(2s);
  }
  EXPECT_EQ(last_.begin, Work::kStop);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
  exited(137);
  EXPECT_EQ(state_.work, Work::kStop) << "the exit is part of the stop";
  done();
  EXPECT_THAT(state_.message, HasSubstr("its live probe failed 3 times: refused; restart in"));
  advance(last_.wake - now_);
  EXPECT_EQ(last_.begin, Work::kStart);
}

TEST_F(TaskLogicTest, AFreshContainerIsAskedSoonAndThenMoreSlowly) {
  run();
  for (const Duration gap : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1280ms, 2000ms, 2000ms}) {
    probed(ProbeKind::kReady, false);
    EXPECT_EQ(last_.wake, now_ + gap);
    advance(gap);
    ASSERT_TRUE(last_.ask_ready);
  }
  probed(ProbeKind::kReady, true);
  EXPECT_EQ(last_.wake, now_ + 2s) << "what passes has to pass again after its interval";
  advance(2s);
  probed(ProbeKind::kReady, true);
  advance(5s);
  ASSERT_EQ(state_.phase, TaskPhase::kReady);
  probed(ProbeKind::kReady, false);
  EXPECT_EQ(last_.wake, now_ + 2s) << "it is no fresh one any more";
}

TEST_F(TaskLogicTest, ALiveProbeWaitsForItsStartPeriod) {
  policy_.live = ProbePolicy{};
  run();
  EXPECT_FALSE(last_.ask_live);
  probed(ProbeKind::kReady, false);
  advance(29s);
  EXPECT_FALSE(last_.ask_live);
  advance(1s);
  EXPECT_TRUE(last_.ask_live);
}

TEST_F(TaskLogicTest, ALongTextIsCutAtACharacter) {
  feed(Tick{});
  std::string text(kTextBytesMax - 4, 'x');
  for (int i = 0; i < 100; ++i) text += "\u00e4";
  failed(Blame::kHopeless, text);
  EXPECT_LE(state_.message.size(), kTextBytesMax);
  EXPECT_THAT(state_.message, testing::EndsWith("x\u2026"));
}

TEST_F(TaskLogicTest, ThatTheNodeEndedItIsNotHeldAgainstIt) {
  run();
  for (int i = 0; i < 20; ++i) {
    feed(ContainerExited{state_.attempt, {.code = 255}, "its Node went down", Blame::kOthers});
    EXPECT_EQ(state_.phase, TaskPhase::kStarting);
    EXPECT_THAT(state_.message, HasSubstr("its Node went down; next try in"));
    ASSERT_LE(last_.wake - now_, 2s);
    advance(last_.wake - now_);
    ASSERT_EQ(last_.begin, Work::kStart);
    done();
  }
  EXPECT_TRUE(state_.failures.empty());
}

TEST_F(TaskLogicTest, NeverMeansNeverAlsoForALiveProbeAndForAStartThatFails) {
  policy_.restart = RestartRule::kNever;
  policy_.live = ProbePolicy{};
  get_ready();
  for (int i = 0; i < 3; ++i) {
    probed(ProbeKind::kLive, false);
    if (i < 2) advance(2s);
  }
  ASSERT_EQ(last_.begin, Work::kStop);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kFailed);
  EXPECT_TRUE(state_.hopeless);

  state_ = {};
  feed(Tick{});
  done();
  failed(Blame::kTask, "no");
  EXPECT_EQ(state_.phase, TaskPhase::kFailed);
}

TEST_F(TaskLogicTest, AStartOfWhichNothingIsKnownIsTriedUnderTheSameNumber) {
  feed(Tick{});
  done();
  ASSERT_EQ(state_.attempt, 1u);
  failed(Blame::kOthers, "containerd does not answer");
  advance(last_.wake - now_);
  ASSERT_EQ(last_.begin, Work::kStart);
  EXPECT_EQ(state_.attempt, 1u) << "it may run already: not beside it";
  done();
  exited(1);
  advance(last_.wake - now_);
  EXPECT_EQ(state_.attempt, 2u);
}

TEST_F(TaskLogicTest, AnImageThatWasSettledOtherwiseIsTakenBeforeItServes) {
  run();
  feed(ImageSettled{});
  EXPECT_EQ(last_.begin, Work::kStop);
  exited(0);
  done();
  ASSERT_EQ(last_.begin, Work::kPull);
  EXPECT_TRUE(state_.failures.empty());
  done();
  ASSERT_EQ(last_.begin, Work::kStart);
  feed(ImageSettled{});
  done();
  EXPECT_EQ(last_.begin, Work::kStop) << "once it has started";
  done();
  done();
  done();
  probed(ProbeKind::kReady, true);
  advance(2s);
  probed(ProbeKind::kReady, true);
  advance(5s);
  ASSERT_EQ(state_.phase, TaskPhase::kReady);
  feed(ImageSettled{});
  EXPECT_EQ(last_.begin, Work::kNone) << "what serves is left alone";
}

TEST_F(TaskLogicTest, ARuntimeThatIsDownNeverCostsAttempts) {
  run();
  exited(1);
  advance(last_.wake - now_);
  for (int i = 0; i < 20; ++i) {
    failed(Blame::kOthers, "containerd does not answer");
    EXPECT_THAT(state_.message, HasSubstr("containerd does not answer; next try in"));
    advance(last_.wake - now_);
    ASSERT_EQ(last_.begin, Work::kStart);
  }
  EXPECT_EQ(state_.failures.size(), 1u);
}

TEST_F(TaskLogicTest, AnAnswerOfAnEarlierContainerIsIgnored) {
  run();
  const uint32_t earlier = state_.attempt;
  exited(1);
  advance(last_.wake - now_);
  done();
  feed(ContainerExited{earlier, {.code = 9}, ""});
  EXPECT_EQ(state_.phase, TaskPhase::kRunning);
  feed(Probed{ProbeKind::kReady, earlier, true, ""});
  EXPECT_EQ(state_.ready.passes, 0u);
}

TEST(Backoff, DoublesUpToItsLimitGiveOrTakeAFifth) {
  SeededRandom random(7);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_GE(backoff(1, 1s, 60s, random), 800ms);
    EXPECT_LE(backoff(1, 1s, 60s, random), 1200ms);
    EXPECT_GE(backoff(4, 1s, 60s, random), 6400ms);
    EXPECT_LE(backoff(4000, 1s, 60s, random), 72s);
  }
}

}  // namespace
}  // namespace hancock::agent
