// Sandboxes: whose they are, and what becomes of a Task whose own has died.
#include <gmock/gmock.h>
#include <signal.h>

#include "agent_fixture.h"
#include "base/command.h"
#include "base/file.h"

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
  int pause_of(const std::string& sandbox) { return node().runtime().sandbox_process(sandbox).value_or(0); }
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
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; })) << message("t-1");
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  const cri::SandboxStatus after = sandbox_of("t-1");
  EXPECT_NE(after.id, before.id);
  EXPECT_EQ(after.attempt, before.attempt + 1);
  EXPECT_TRUE(after.ready);
  EXPECT_EQ(host_port("t-1"), port);
  EXPECT_EQ(visit(port, far_namespace()), "t-1 -\n");
  EXPECT_EQ(pods(), 1u);
}

TEST_F(SandboxesTest, PodsOfAnotherNodesAgentAreLeftAlone) {
  stop_agent();
  const auto ours = node().runtime().run_sandbox(pod_of(TestMaster::kNode));
  const auto theirs = node().runtime().run_sandbox(pod_of("node-2"));
  ASSERT_TRUE(ours && theirs);
  start_agent();
  EXPECT_TRUE(eventually([&] { return !node().runtime().sandbox(*ours); })) << "nobody's";
  const auto left = node().runtime().sandbox(*theirs);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->ready);
  ASSERT_TRUE(node().runtime().remove_sandbox(*theirs));
}

class WarmSandboxesTest : public SandboxesTest {
 protected:
  void SetUp() override {
    AgentFixture::SetUp();
    stop_agent();
    warm_sandboxes_ = 2;
    start_agent();
  }
  /// The next Agent has no use for what is left, nor time to wait until it is nobody's.
  void TearDown() override {
    stop_agent();
    for (const std::string& id : unclaimed()) {
      EXPECT_TRUE(node().runtime().remove_sandbox(id));
    }
    warm_sandboxes_ = 0;
    AgentFixture::TearDown();
  }
  /// Made ahead, and no container's.
  static std::set<std::string> unclaimed() {
    std::set<std::string> ids;
    const auto sandboxes = node().runtime().sandboxes({{kNodeLabel, TestMaster::kNode}});
    const auto containers = node().runtime().containers({});
    if (!sandboxes || !containers) return ids;
    for (const auto& sandbox : *sandboxes) {
      if (sandbox.ready && !sandbox.labels.contains(kTaskLabel)) ids.insert(sandbox.id);
    }
    for (const auto& container : *containers) ids.erase(container.sandbox);
    return ids;
  }
  static bool is_filled() {
    return eventually([] { return unclaimed().size() == 2; });
  }
};

TEST_F(WarmSandboxesTest, ATaskTakesOneThatWasMadeAheadAndAnotherIsMade) {
  ASSERT_TRUE(is_filled());
  const std::set<std::string> before = unclaimed();
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->mutable_resources()->set_pids(33);
  run(task);
  const std::string taken = sandbox_of("t-1").id;
  EXPECT_TRUE(before.contains(taken));
  EXPECT_EQ(visit(host_port("t-1"), far_namespace()), "t-1 -\n");
  EXPECT_EQ(read_file("/sys/fs/cgroup/pids" + node().cgroup() + "/t-1/pids.max").value_or(""), "33\n");
  EXPECT_TRUE(
      eventually([&] { return !read_file(node().dir() / "agent/logs/t-1/1.log").value_or("").empty(); }));
  const auto name =
      run_command({.argv = {"nsenter", "--target", std::to_string(pid_of("t-1")), "--uts", "hostname"}});
  EXPECT_EQ(name->out, "t-1\n");
  EXPECT_TRUE(is_filled());
  EXPECT_FALSE(unclaimed().contains(taken));

  release("t-1");
  EXPECT_TRUE(eventually([&] { return !node().runtime().sandbox(taken); })) << "none is used twice";
}

TEST_F(WarmSandboxesTest, TheNextAgentKeepsThemAndTheTasksInThem) {
  ASSERT_TRUE(is_filled());
  run(assignment("t-1", {"serve", "8080"}));
  ASSERT_TRUE(is_filled());
  const std::set<std::string> before = unclaimed();
  const std::string container = master().task("t-1")->container(), sandbox = sandbox_of("t-1").id;
  stop_agent();
  start_agent();
  run(assignment("t-2", {"serve", "8080"}));
  EXPECT_TRUE(before.contains(sandbox_of("t-2").id));
  EXPECT_EQ(master().task("t-1")->container(), container);
  ::kill(pid_of("t-1"), SIGKILL);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; })) << message("t-1");
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_EQ(sandbox_of("t-1").id, sandbox) << "it keeps the one that it has";
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
}

TEST_F(WarmSandboxesTest, AlsoWithoutAJournalATaskIsFoundInItsSandbox) {
  ASSERT_TRUE(is_filled());
  run(assignment("t-1", {"serve", "8080"}));
  const std::string container = master().task("t-1")->container();
  const uint16_t port = host_port("t-1");
  stop_agent();
  std::filesystem::remove_all(node().dir() / "agent/tasks");
  start_agent();
  EXPECT_TRUE(eventually([&] { return master().endpoint("t-1").has_value(); }));
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(master().task("t-1")->container(), container);
  EXPECT_EQ(host_port("t-1"), port);
}

TEST_F(WarmSandboxesTest, OneThatWasGivenOutIsNotGivenOutAgainThoughNothingSaysWhoseItWas) {
  ASSERT_TRUE(is_filled());
  stop_agent();
  const std::string used = *unclaimed().begin();
  // As it is taken; no container was made in it, and the journal could not be written.
  const auto named = run_command(
      {.argv = {"nsenter", "--target", std::to_string(pause_of(used)), "--uts", "hostname", "t-0"}});
  ASSERT_TRUE(named && named->status.ok()) << named->err;
  start_agent();
  for (const char* task : {"t-1", "t-2"}) {
    run(assignment(task, {"serve", "8080"}));
    EXPECT_NE(sandbox_of(task).id, used);
  }
}

TEST_F(WarmSandboxesTest, OneThatHasDiedIsNotGivenOut) {
  ASSERT_TRUE(is_filled());
  const std::set<std::string> before = unclaimed();
  for (const std::string& id : before) ::kill(pause_of(id), SIGKILL);
  run(assignment("t-1", {"serve", "8080"}));
  EXPECT_FALSE(before.contains(sandbox_of("t-1").id));
  for (const std::string& id : before) {
    EXPECT_TRUE(node().runtime().remove_sandbox(id));
  }
}

}  // namespace
}  // namespace hancock::agent::test
