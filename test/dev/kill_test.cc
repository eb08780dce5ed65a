// `hancock dev up` and `down` themselves, killed with SIGKILL at seeded random moments: `down` leaves nothing
// of whatever there was by then. Needs root.
#include <gtest/gtest.h>
#include <signal.h>

#include <sstream>

#include "base/process.h"
#include "base/testing/kills.h"
#include "dev/machine.h"

namespace hancock::test {
namespace {

/// Who was claimed for the folder, also before `up` wrote anything down there; empty: nobody.
std::string claimed_index(const std::filesystem::path& dir) {
  std::istringstream owners(shell("grep -sxF -l '" + dir.string() + "' /run/hancock-dev/*/owner; true"));
  std::string owner;
  owners >> owner;
  return std::filesystem::path(owner).parent_path().filename();
}

void kill_after(Duration span, const std::vector<std::string>& argv, const std::filesystem::path& log) {
  auto program = Process::spawn({.argv = argv, .log = log});
  ASSERT_TRUE(program) << program.error().message;
  if (program->wait(BootClock::now() + span)) return;  // it was faster
  ASSERT_TRUE(program->send_signal(SIGKILL));
  ASSERT_TRUE(program->wait(BootClock::now() + 10s));
}

TEST(DevKills, an_up_and_a_down_at_any_moment_leave_nothing_after_the_next_down) {
  Kills kills(8);
  const TempDir logs("hancock-dev-test-logs");
  while (kills.next()) {
    SCOPED_TRACE(testing::Message() << kills);
    const DevCluster cluster;
    const std::vector<std::string> small = {"--masters", "0", "--nodes", "1", "--gateways", "1"};
    kill_after(kills.moment(1500ms), cluster.argv("up", small), logs / "log");
    const std::string index = claimed_index(cluster.dir());
    if (kills.random().below(2) == 0) {
      kill_after(kills.moment(300ms), cluster.argv("down", {}), logs / "log");
    }
    const auto down = cluster.run("down");
    EXPECT_EQ(down.status.code, 0) << down.err;
    EXPECT_EQ(claimed_index(cluster.dir()), "");
    EXPECT_EQ(index.empty() ? "" : left_on_machine(cluster.dir(), index), "");
  }
}

TEST(DevKills, an_up_at_any_moment_is_followed_by_another_that_serves) {
  Kills kills(4);
  const TempDir logs("hancock-dev-test-logs");
  const DevCluster cluster;
  const std::vector<std::string> small = {"--masters", "0", "--nodes", "1", "--gateways", "0", "--detach"};
  while (kills.next()) {
    SCOPED_TRACE(testing::Message() << kills);
    kill_after(kills.moment(1200ms), cluster.argv("up", small), logs / "log");
  }
  const auto down = cluster.run("down");
  EXPECT_EQ(down.status.code, 0) << down.err;
  const auto up = cluster.run("up", small);
  ASSERT_TRUE(up.status.ok()) << up.err;
  EXPECT_EQ(shell("curl -s http://" + cluster.env("HANCOCK_ETCD") + "/health"), "{\"health\":\"true\"}");
}

}  // namespace
}  // namespace hancock::test
