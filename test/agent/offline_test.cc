// A Node that hears no Master for long: some Services want their Tasks stopped then.
#include "agent_fixture.h"

namespace hancock::agent::test {
namespace {

class OfflineTest : public AgentFixture {
 protected:
  model::Assignment stopping(const std::string& task) {
    model::Assignment made = assignment(task, {"serve", "8080"});
    made.mutable_spec()->mutable_disconnect()->mutable_stop_after()->set_seconds(4);
    return made;
  }
  static bool runs(int pid) { return std::filesystem::exists("/proc/" + std::to_string(pid)); }
};

TEST_F(OfflineTest, WhatIsToStopStopsAndBeginsAnewWhenAMasterIsBackIfItIsWanted) {
  run(stopping("t-1"));
  run(assignment("t-2", {"serve", "8080"}));
  run(stopping("t-3"));
  const int stopped = pid_of("t-1");
  const int other = pid_of("t-2");
  const int unwanted = pid_of("t-3");
  master().stop();
  ASSERT_TRUE(eventually([&] { return !runs(stopped) && !runs(unwanted); }, 60s));
  EXPECT_TRUE(runs(other)) << "its Service says run";

  stop_agent();  // the next one keeps it so, for it is cut off as long
  start_agent();
  master().forget();
  master().remove("t-3");
  master().start();
  ASSERT_TRUE(wait_for("t-2", model::TASK_STATE_READY)) << message("t-2");
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(master().task("t-1")->restarts(), 1u);
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
  EXPECT_TRUE(runs(other));
  EXPECT_EQ(master().task("t-2")->restarts(), 0u);
  EXPECT_TRUE(eventually([&] { return pods() == 2u; }, 60s)) << "t-3 is gone";
  EXPECT_TRUE(eventually([&] { return master().endpoints() == 2; }));
}

}  // namespace
}  // namespace hancock::agent::test
