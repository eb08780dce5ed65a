#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <sstream>

#include "base/command.h"
#include "base/file.h"
#include "base/testing/temp_dir.h"

namespace hancock {
namespace {

TEST(Process, its_output_is_appended_to_the_log_and_its_exit_code_is_given) {
  const TempDir folder("process_test");
  const std::string log = folder / "log";
  ASSERT_TRUE(write_file(log, "before\n"));
  auto child = Process::spawn({.argv = {"sh", "-c", "echo out; echo err >&2; exit 3"}, .log = log});
  ASSERT_TRUE(child) << child.error().message;
  auto end = child->wait(BootClock::now() + 10s);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, 3);
  EXPECT_EQ(end->describe(), "exit code 3");
  EXPECT_EQ(read_file(log).value(), "before\nout\nerr\n");
}

TEST(Process, wait_times_out_while_it_runs_and_gives_the_signal_afterwards) {
  auto child = Process::spawn({.argv = {"sleep", "600"}});
  ASSERT_TRUE(child);
  EXPECT_EQ(child->wait(BootClock::now()).error().code, ErrorCode::kTimeout);
  ASSERT_TRUE(child->send_signal(SIGKILL));
  ASSERT_TRUE(child->wait(BootClock::now() + 10s));
  EXPECT_EQ(child->wait(BootClock::now())->signal, SIGKILL);  // asked again: the same answer
  EXPECT_EQ(child->send_signal(SIGKILL).error().code, ErrorCode::kNotFound);
}

TEST(Process, a_program_that_does_not_exist_is_an_error_with_its_name) {
  EXPECT_EQ(Process::spawn({.argv = {"no-such-program"}}).error().message,
            "no-such-program: no such program in PATH");
  EXPECT_EQ(Process::spawn({.argv = {"/no/such/program"}}).error().message,
            "/no/such/program: cannot execute: No such file or directory");
  EXPECT_FALSE(Process::spawn({.argv = {"true"}, .directory = "/no/such/folder"}));
}

TEST(Process, the_child_has_default_signals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto* pipe_handler = signal(SIGPIPE, SIG_IGN);
  auto out = checked_command({.argv = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}});
  signal(SIGPIPE, pipe_handler);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(out.value(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Process, the_child_leads_its_own_session) {
  const std::string out = checked_command({.argv = {"sh", "-c", "echo $$; cat /proc/$$/stat"}}).value();
  std::istringstream words(out.substr(0, out.find('(')) + out.substr(out.rfind(')') + 1));
  std::string own_pid, pid, state, parent, group, session;
  words >> own_pid >> pid >> state >> parent >> group >> session;
  EXPECT_EQ(session, own_pid) << out;
}

TEST(Process, the_child_has_no_descriptor_of_ours) {
  const UniqueFd kept(fcntl(STDERR_FILENO, F_DUPFD, 100));  // not close-on-exec
  ASSERT_TRUE(kept);
  const std::string ask = fmt::format("[ -e /proc/$$/fd/2 ] && [ ! -e /proc/$$/fd/{} ]", kept.get());
  EXPECT_TRUE(checked_command({.argv = {"sh", "-c", ask}}));
}

TEST(Process, added_variables_replace_ours) {
  setenv("PROCESS_TEST", "ours", 1);
  EXPECT_EQ(checked_command({.argv = {"sh", "-c", "echo $PROCESS_TEST"}}).value(), "ours\n");
  EXPECT_EQ(
      checked_command({.argv = {"sh", "-c", "echo $PROCESS_TEST"}, .env = {"PROCESS_TEST=new"}}).value(),
      "new\n");
}

TEST(Command, gives_both_streams_and_takes_input_larger_than_a_pipe) {
  const std::string input(1 << 20, 'x');
  auto output = run_command({.argv = {"sh", "-c", "cat; echo done >&2; exit 1"}, .input = input});
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, input);
  EXPECT_EQ(output->err, "done\n");
  EXPECT_EQ(output->status.code, 1);
}

TEST(Command, input_that_nobody_reads_does_not_end_us) {
  auto output = run_command({.argv = {"true"}, .input = std::string(1 << 20, 'x')});
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_TRUE(output->status.ok());
}

TEST(Command, a_failure_is_an_error_with_its_last_line) {
  EXPECT_EQ(checked_command({.argv = {"sh", "-c", "echo first >&2; echo why >&2; exit 2"}}).error().message,
            "sh: exit code 2: why");
}

TEST(Command, is_killed_at_its_time_out_even_with_its_outputs_closed) {
  const TimePoint begin = BootClock::now();
  EXPECT_EQ(run_command({.argv = {"sleep", "600"}, .timeout = 50ms}).error().code, ErrorCode::kTimeout);
  EXPECT_EQ(run_command({.argv = {"sh", "-c", "exec >&- 2>&-; sleep 600"}, .timeout = 50ms}).error().code,
            ErrorCode::kTimeout);
  EXPECT_LT(BootClock::now() - begin, 10s);
}

TEST(Command, is_killed_past_its_output_limit) {
  auto output = run_command({.argv = {"yes"}, .output_limit_bytes = 1000});
  EXPECT_EQ(output.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace hancock
