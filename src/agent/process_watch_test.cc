#include "agent/process_watch.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "base/process.h"

namespace hancock::agent {
namespace {

class ProcessWatchTest : public testing::Test {
 protected:
  ~ProcessWatchTest() override {
    (void)child_.send_signal(SIGKILL);
    (void)child_.wait(BootClock::now() + 10s);
  }
  io::Async<void> wait_for_end(ProcessWatch& watch, int& ended) {
    const auto end = co_await watch.ended(loop_.now() + 10s);
    if (end) ++ended;
  }
  io::Async<void> pass(Duration time) { co_await loop_.sleep_for(time); }

  io::Loop loop_;
  Process child_ = Process::spawn({.argv = {"sleep", "60"}}).value();
};

TEST_F(ProcessWatchTest, AllWhoWaitHearOfTheEnd) {
  const auto watch = ProcessWatch::open(loop_, child_.pid(), "").value();
  int ended = 0;
  io::Scope scope;
  scope.spawn(wait_for_end(*watch, ended));
  scope.spawn(wait_for_end(*watch, ended));
  loop_.block_on(pass(1ms));
  EXPECT_EQ(ended, 0);
  EXPECT_FALSE(watch->has_ended());
  ASSERT_TRUE(watch->send_signal(SIGTERM));
  for (int i = 0; i < 10'000 && ended < 2; ++i) loop_.block_on(pass(1ms));
  EXPECT_EQ(ended, 2);
  EXPECT_TRUE(watch->has_ended());
  scope.cancel();
}

TEST_F(ProcessWatchTest, AWaitHasADeadline) {
  const auto watch = ProcessWatch::open(loop_, child_.pid(), "").value();
  auto end = loop_.block_on(watch->ended(loop_.now() + 1ms));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kTimeout);
}

TEST_F(ProcessWatchTest, AProcessOfAnotherCgroupIsNotTheOneThatIsMeant) {
  const auto watch = ProcessWatch::open(loop_, child_.pid(), "/hancock/t-1");
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().code, ErrorCode::kNotFound);
}

TEST_F(ProcessWatchTest, AProcessThatHasEndedIsNotFound) {
  ASSERT_TRUE(child_.send_signal(SIGKILL));
  ASSERT_TRUE(child_.wait(BootClock::now() + 10s));
  const auto watch = ProcessWatch::open(loop_, child_.pid(), "");
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace hancock::agent
