#include "dev/readiness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/testing/temp_dir.h"
#include "dev/interrupt.h"
#include "dev/process_state.h"

namespace hancock::dev {
namespace {

TEST(NodesReady, names_those_that_are_not) {
  const std::string answer =
      R"({"items":[{"name":"node-2","state":"ready"},{"name":"node-1","state":"suspect"}],"index":7})";
  EXPECT_EQ(nodes_not_ready(answer, 3).value(), "node-1 is suspect, node-3 is unknown");
  EXPECT_EQ(nodes_not_ready(answer, 0).value(), "");
  EXPECT_EQ(nodes_not_ready(R"({"items":[{"name":"node-1","state":"ready"}]})", 1).value(), "");
  EXPECT_FALSE(nodes_not_ready("<html>", 1));
  EXPECT_FALSE(nodes_not_ready("[]", 1));
}

TEST(Readiness, says_at_once_that_a_process_ended_and_what_it_logged_last) {
  const TempDir folder("readiness_test");
  const std::string log = folder / "log";
  auto child = Process::spawn({.argv = {"sh", "-c", "echo bad flag; exit 1"}, .log = log});
  ASSERT_TRUE(child);
  ASSERT_TRUE(child->wait(BootClock::now() + 10s));
  ProcessEntry entry;
  entry.name = "gateway-1";
  entry.log = log;
  entry.pid = child->pid();
  Interrupt interrupt;
  Readiness readiness(BootClock::now() + 60s, interrupt);
  const TimePoint begin = BootClock::now();
  const auto result =
      readiness.until(entry, [] { return Result<void>(fail(ErrorCode::kUnavailable, "refused")); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "gateway-1 ended\nthe end of " + log + ":\n    bad flag");
  EXPECT_LT(BootClock::now() - begin, 10s);
}

TEST(Readiness, at_the_deadline_gives_the_last_reason) {
  ProcessEntry entry;
  entry.name = "images";
  entry.log = "/no/such/log";
  entry.pid = getpid();
  entry.start_ticks = process_state(getpid())->start_ticks;
  Interrupt interrupt;
  Readiness readiness(BootClock::now() + 30ms, interrupt);
  const auto result =
      readiness.until(entry, [] { return Result<void>(fail(ErrorCode::kUnavailable, "refused")); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(result.error().message, "images is not ready in time: refused");
}

}  // namespace
}  // namespace hancock::dev
