#include "dev/process_state.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "base/process.h"

namespace hancock::dev {
namespace {

TEST(ProcessState, reads_a_command_with_spaces_and_parentheses) {
  const auto state = parse_process_stat(
      "42 (a) (b c)) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 2000 18446744073709551615");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->pid, 42);
  EXPECT_EQ(state->command, "a) (b c)");
  EXPECT_EQ(state->start_ticks, 987654U);
}

TEST(ProcessState, a_zombie_has_ended) {
  EXPECT_FALSE(parse_process_stat("42 (x) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 0 0 0"));
  EXPECT_FALSE(parse_process_stat("42 (x) S 1"));
  EXPECT_FALSE(parse_process_stat(""));
}

TEST(ProcessState, a_child_that_was_killed_and_not_reaped_does_not_run) {
  auto child = Process::spawn({.argv = {"sleep", "600"}});
  ASSERT_TRUE(child);
  const auto state = process_state(child->pid());
  ASSERT_TRUE(state);
  EXPECT_TRUE(is_running(child->pid(), state->start_ticks));
  EXPECT_FALSE(is_running(child->pid(), state->start_ticks + 1));  // the pid given out again
  ASSERT_TRUE(child->send_signal(SIGKILL));
  ASSERT_TRUE(child->wait(BootClock::now() + 10s));
  EXPECT_FALSE(is_running(child->pid(), state->start_ticks));
}

TEST(ProcessState, finds_processes_by_their_marker_whole_and_not_as_a_prefix) {
  const std::string marker = "HANCOCK_DEV_TEST=1:/tmp/" + std::to_string(getpid());
  auto child = Process::spawn({.argv = {"sleep", "600"}, .env = {marker}});
  ASSERT_TRUE(child);
  const auto found = processes_with(marker);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pid, child->pid());
  EXPECT_TRUE(processes_with(marker.substr(0, marker.size() - 1)).empty());
  ASSERT_TRUE(child->send_signal(SIGKILL));
  ASSERT_TRUE(child->wait(BootClock::now() + 10s));
}

}  // namespace
}  // namespace hancock::dev
