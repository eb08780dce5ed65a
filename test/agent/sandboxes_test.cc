// Sandboxes: whose they are, and what becomes of a Task whose own has died.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "agent_fixture.h"

namespace hancock::agent::test {
namespace {

class SandboxesTest : public AgentFixture {
 protected:
  cri::SandboxStatus sandbox_of(const std::string& task) {
    const auto containers = node().runtime().containers({{kTaskLabel, task}});
    if (!containers || containers->empty()) return {};
    return node().runtime().sandbox(containers->front().sandbox).value_or(cri::SandboxStatus{});
  }
  /// The pause process, which holds a sandbox's namespaces.
  int pause_of(const std::string& sandbox) {
    std::ifstream members("/sys/fs/cgroup/pids" + node().cgroup() + "/" + sandbox + "/cgroup.procs");
    int pid = 0;
    members >> pid;
    return pid;
  }
  cri::SandboxSpec pod_of(const std::string& node_name) {
    const std::string task = "of-" + node_name;
    return {.name = task,
            .uid = task,
            .owner = "acme",
            .cgroup_parent = node().cgroup(),
            .labels = {{kTaskLabel, task}, {kNodeLabel, node_name}}};
  }
};

TEST_F(SandboxesTest, ATaskWhoseSandboxHasDiedServesOnAndGetsANewOneAtItsNextStart) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  const cri::SandboxStatus before = sandbox_of("t-1");
  ASSERT_GT(pause_of(before.id), 0);
  ::kill(pause_of(before.id), SIGKILL);
  EXPECT_TRUE(eventually([&] { return !sandbox_of("t-1").ready; }));
  EXPECT_EQ(visit(port), "t-1 -\n") << "it is not stopped for that";
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);

  ::kill(pid_of("t-1"), SIGKILL);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; }, 20s)) << message("t-1");
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  const cri::SandboxStatus after = sandbox_of("t-1");
  EXPECT_NE(after.id, before.id);
  EXPECT_EQ(after.attempt, before.attempt + 1);
  EXPECT_TRUE(after.ready);
  EXPECT_EQ(host_port("t-1"), port);
  EXPECT_EQ(visit(port, far_namespace()), "t-1 -\n");
  EXPECT_EQ(node().runtime().sandboxes({})->size(), 1u);
}

TEST_F(SandboxesTest, PodsOfAnotherNodesAgentAreLeftAlone) {
  stop_agent();
  const auto ours = node().runtime().run_sandbox(pod_of(TestMaster::kNode));
  const auto theirs = node().runtime().run_sandbox(pod_of("node-2"));
  ASSERT_TRUE(ours && theirs);
  start_agent();
  EXPECT_TRUE(eventually([&] { return !node().runtime().sandbox(*ours); }, 30s)) << "nobody's";
  const auto left = node().runtime().sandbox(*theirs);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->ready);
  ASSERT_TRUE(node().runtime().stop_sandbox(*theirs));
  ASSERT_TRUE(node().runtime().remove_sandbox(*theirs));
}

}  // namespace
}  // namespace hancock::agent::test
