// `hancock agent`, containerd, shims and containers, killed with SIGKILL at seeded random moments: what was
// not struck is neither restarted nor doubled nor lost, and what was is there again, once.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "agent_fixture.h"
#include "base/command.h"
#include "base/testing/kills.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

constexpr int kSteady = 4;  // Tasks that run all the time

class NodeKills : public AgentFixture {
 protected:
  /// What must stay as it is.
  struct Identity {
    std::string container;
    std::string started_at;
    uint16_t port = 0;
    int pid = 0;
    uint32_t restarts = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Identity& one) {
      return out << one.container << " since " << one.started_at << " port " << one.port << " pid " << one.pid
                 << " restarts " << one.restarts;
    }
  };

  void SetUp() override {
    AgentFixture::SetUp();
    stop_agent();
    start_agent_process();
  }

  /// The next one.
  void start_again() {
    reports_ = master().full_reports();
    start_agent_process();
  }

  Identity identity(const std::string& task) {
    const auto report = master().task(task);
    if (!report) return {};
    return {report->container(), report->started_at().ShortDebugString(), host_port(task), pid_of(task),
            report->restarts()};
  }

  void run_steady_tasks() {
    for (int i = 0; i < kSteady; ++i) {
      auto task = assignment(steady(i), {"serve", "8080"});
      auto& restart = *task.mutable_spec()->mutable_restart();
      restart.set_attempts(1'000'000);
      *restart.mutable_backoff() = *restart.mutable_max_backoff() = model::to_proto(50ms);
      master().assign(task);
    }
    for (int i = 0; i < kSteady; ++i) {
      ASSERT_TRUE(wait_for(steady(i), model::TASK_STATE_READY, 60s)) << message(steady(i));
      before_.push_back(identity(steady(i)));
      ASSERT_FALSE(before_.back().container.empty());
      ASSERT_NE(before_.back().started_at, "");
    }
  }
  static std::string steady(int number) { return fmt::format("steady-{}", number); }

  void expect_steady_tasks_unharmed() {
    for (int i = 0; i < kSteady; ++i) {
      EXPECT_TRUE(wait_for(steady(i), model::TASK_STATE_READY)) << message(steady(i));
      EXPECT_EQ(identity(steady(i)), before_[static_cast<size_t>(i)]);
      EXPECT_EQ(visit(host_port(steady(i)), far_namespace()), steady(i) + " -\n");
    }
  }

  static int parent_of(int pid) {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string name, state;
    int number = 0, parent = 0;
    stat >> number >> name >> state >> parent;
    return parent;
  }
  static void strike(int pid, bool with_its_shim) {
    const int victim = with_its_shim ? parent_of(pid) : pid;
    ASSERT_GT(victim, 1);
    ASSERT_EQ(::kill(victim, SIGKILL), 0);
  }
  /// Started again, once, where it was.
  void expect_back(int one) {
    Identity& before = before_[static_cast<size_t>(one)];
    const std::string task = steady(one);
    ASSERT_TRUE(eventually([&] { return master().task(task)->restarts() > before.restarts; }, 60s))
        << message(task);
    ASSERT_TRUE(wait_for(task, model::TASK_STATE_READY, 60s)) << message(task);
    const Identity now = identity(task);
    EXPECT_EQ(now.restarts, before.restarts + 1);
    EXPECT_EQ(now.port, before.port);
    EXPECT_NE(now.container, before.container);
    before = now;
  }

  /// The Agent that was started last tells it in a full report.
  void wait_for_adoption() {
    EXPECT_TRUE(eventually([&] { return master().full_reports() > reports_; }, 60s));
  }

  /// One sandbox, one container, one endpoint, one port in the table for each Task.
  void expect_one_of_each(size_t tasks) {
    const auto sandboxes = node().runtime().sandboxes({});
    const auto containers = node().runtime().containers({});
    ASSERT_TRUE(sandboxes && containers);
    EXPECT_EQ(sandboxes->size(), tasks);
    EXPECT_EQ(containers->size(), tasks);
    EXPECT_EQ(master().endpoints(), tasks);
    const std::string table =
        checked_command({.argv = {"nft", "list", "map", "inet", "hancock", "ports"}}).value_or("");
    size_t elements = 0;
    for (size_t at = table.find(" . 8080"); at != std::string::npos; at = table.find(" . 8080", at + 1)) {
      ++elements;
    }
    EXPECT_EQ(elements, tasks) << table;
  }

  std::vector<Identity> before_;
  uint64_t reports_ = 0;  // full ones, before the Agent was started
};

TEST_F(NodeKills, AnAgentAtAnyMomentRestartsNothingAndItsTasksServeWithoutIt) {
  Kills kills(100);
  run_steady_tasks();
  while (kills.next()) {
    SCOPED_TRACE(testing::Message() << kills);
    kills.dawdle(350ms);
    kill_agent_process();
    const auto one = kills.random().below(kSteady);
    ASSERT_EQ(visit(before_[one].port, far_namespace()), steady(static_cast<int>(one)) + " -\n");
    start_again();
  }
  wait_for_adoption();
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady);
}

TEST_F(NodeKills, AnAgentWhileTasksStartAndStopDoublesAndLeavesNothing) {
  Kills kills(20);
  run_steady_tasks();
  std::string young;
  while (kills.next()) {
    if (!young.empty()) master().remove(young);
    young = fmt::format("young-{}", kills.number());
    master().assign(assignment(young, {"serve", "8080"}));
    kills.dawdle(1000ms);
    kill_agent_process();
    start_again();
    kills.dawdle(400ms);
  }
  EXPECT_TRUE(wait_for(young, model::TASK_STATE_READY, 60s)) << message(young);
  EXPECT_EQ(master().task(young)->restarts(), 0u);
  EXPECT_TRUE(eventually([&] { return pods() == kSteady + 1; }, 60s));
  EXPECT_TRUE(eventually([&] { return master().endpoints() == kSteady + 1; }));
  EXPECT_TRUE(eventually([&] { return node().cgroups_left().size() % (kSteady + 1) == 0; }, 20s));
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady + 1);
}

class ContainerdKills : public NodeKills, public testing::WithParamInterface<uint64_t> {};

TEST_P(ContainerdKills, AtAnyMomentCostNoTaskAnything) {
  Kills kills(100, {GetParam(), 4});
  run_steady_tasks();
  std::string young;
  while (kills.next()) {
    SCOPED_TRACE(testing::Message() << kills);
    if (!young.empty()) master().remove(young);
    young = fmt::format("young-{}", kills.number());
    master().assign(assignment(young, {"serve", "8080"}));
    kills.dawdle(800ms);
    node().stop_containerd();
    kills.dawdle(400ms);
    node().start_containerd();
    ASSERT_TRUE(wait_for(young, model::TASK_STATE_READY, 60s)) << message(young);
    EXPECT_FALSE(master().task(young)->hopeless());
    EXPECT_EQ(master().task(young)->restarts(), 0u) << message(young);
  }
  EXPECT_TRUE(eventually([&] { return pods() == kSteady + 1; }, 60s));
  EXPECT_TRUE(eventually([&] { return master().endpoints() == kSteady + 1; }));
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady + 1);
}

INSTANTIATE_TEST_SUITE_P(Parts, ContainerdKills, testing::Range<uint64_t>(0, 4));

TEST_F(NodeKills, ContainersAndShimsAtAnyMomentAreThereAgainOnceAndWhoIsSparedNoticesNothing) {
  Kills kills(100);
  run_steady_tasks();
  for (bool more = kills.next(); more;) {
    SCOPED_TRACE(testing::Message() << kills);
    const auto spared = static_cast<int>(kills.random().below(kSteady));
    std::vector<int> struck;
    for (int i = 0; i < kSteady && more; ++i) {
      if (i == spared) continue;
      kills.dawdle(100ms);
      strike(before_[static_cast<size_t>(i)].pid, kills.random().below(2) == 0);
      struck.push_back(i);
      more = kills.next();
    }
    for (const int one : struck) expect_back(one);
    ASSERT_EQ(identity(steady(spared)), before_[static_cast<size_t>(spared)]);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_TRUE(eventually([&] { return pods() == kSteady; }, 60s));
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady);
}

TEST_F(NodeKills, BothTogetherWhileAContainerEndsIsCountedOnce) {
  run_steady_tasks();
  kill_agent_process();
  const int pid = before_[0].pid;
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return ::kill(pid, 0) != 0; }));
  node().stop_containerd();
  start_again();
  node().start_containerd();
  EXPECT_TRUE(eventually([&] { return master().task(steady(0))->restarts() == 1; }, 40s))
      << message(steady(0));
  EXPECT_TRUE(wait_for(steady(0), model::TASK_STATE_READY));
  EXPECT_EQ(host_port(steady(0)), before_[0].port);
  before_[0] = identity(steady(0));
  EXPECT_EQ(before_[0].restarts, 1u);
  kill_agent_process();
  start_again();
  wait_for_adoption();
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady);
}

}  // namespace
}  // namespace hancock::agent::test
