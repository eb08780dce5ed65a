// A Node without contact to any Master: what its Tasks do whose Service says stop_after.
#include "agent/task/task_logic_testing.h"
#include "agent/task/task_record.h"
#include "agent/task/task_resume.h"

namespace hancock::agent {
namespace {

class TaskOfflineTest : public TaskLogicTest {
 protected:
  TaskOfflineTest() { policy_.stop_after = 1h; }

  void contact() { feed(Contact{now_}); }
  void go_offline() {
    get_ready();
    contact();
    now_ += 1h;
    feed(Tick{});
  }
};

TEST_F(TaskOfflineTest, ItStopsAfterSoLongAndNotBefore) {
  get_ready();
  contact();
  const TimePoint last = now_;
  now_ = last + 1h - 1ms;
  feed(Tick{});
  EXPECT_EQ(state_.phase, TaskPhase::kReady);
  EXPECT_LE(last_.wake, last + 1h);
  now_ = last + 1h;
  feed(Tick{});
  EXPECT_EQ(last_.begin, Work::kStop);
  EXPECT_EQ(endpoint_wish(state_), EndpointWish::kAbsent);
  exited(143);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kAssigned);
  EXPECT_EQ(state_.message, "stopped: no Master was heard for 1h");
  EXPECT_FALSE(state_.alive);
  EXPECT_TRUE(state_.failures.empty()) << "it is not held against it";
  advance(24h);
  EXPECT_EQ(last_.begin, Work::kNone);
}

TEST_F(TaskOfflineTest, AsLongAsThereIsContactItRuns) {
  get_ready();
  contact();
  for (int i = 0; i < 5; ++i) {
    now_ += 59min;
    contact();
    EXPECT_EQ(state_.phase, TaskPhase::kReady);
  }
}

TEST_F(TaskOfflineTest, WithoutStopAfterItRunsOn) {
  policy_.stop_after.reset();
  get_ready();
  contact();
  advance(24h * 300);
  EXPECT_EQ(state_.phase, TaskPhase::kReady);
}

TEST_F(TaskOfflineTest, ItBeginsAnewWhenThereIsContactAgain) {
  go_offline();
  done();
  contact();
  EXPECT_EQ(last_.begin, Work::kPull) << "its image may have gone";
  done();
  EXPECT_EQ(last_.begin, Work::kStart);
  done();
  EXPECT_EQ(state_.phase, TaskPhase::kRunning);
  EXPECT_EQ(state_.restarts, 1U);
}

TEST_F(TaskOfflineTest, ContactThatComesWhileItIsBeingStoppedCountsAfterwards) {
  go_offline();
  contact();
  EXPECT_EQ(last_.begin, Work::kNone);
  done();
  EXPECT_EQ(last_.begin, Work::kPull);
  EXPECT_TRUE(state_.failures.empty());
}

TEST_F(TaskOfflineTest, AnotherAgentKeepsItStopped) {
  go_offline();
  done();
  TaskRecord written;
  written.state = state_;
  const auto record = decode_task_record(encode(written));
  ASSERT_TRUE(record);
  Resumed next = resumed(record->state, {.pod = true, .attempt = 1, .runs = false}, policy_, now_);
  state_ = next.state;
  state_.offline_at = offline_at(policy_, now_ - 2h);
  if (next.ended) exited(143);
  feed(Tick{});
  EXPECT_EQ(last_.begin, Work::kNone);
  EXPECT_EQ(state_.phase, TaskPhase::kAssigned);
  contact();
  EXPECT_EQ(last_.begin, Work::kPull);
}

TEST_F(TaskOfflineTest, AReleaseEndsItAsAnyOther) {
  go_offline();
  done();
  feed(IntentChanged{TaskIntent::kRelease});
  EXPECT_EQ(last_.begin, Work::kRemove);
  done();
  EXPECT_TRUE(is_over(state_));
}

}  // namespace
}  // namespace hancock::agent
