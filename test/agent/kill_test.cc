// `hancock agent` and containerd, killed with SIGKILL at seeded random moments: what runs is neither
// restarted nor doubled nor lost. HANCOCK_SEED and HANCOCK_KILLS replay and lengthen it.
#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>

#include "agent_fixture.h"
#include "base/command.h"
#include "base/random.h"

namespace hancock::agent::test {
namespace {

constexpr int kSteady = 4;  // Tasks that run all the time

uint64_t number_from(const char* name, uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

class KillTest : public AgentFixture {
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
  void restart_agent_process() {
    kill_agent_process();
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
    for (int i = 0; i < kSteady; ++i) master().assign(assignment(steady(i), {"serve", "8080"}));
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

  /// An Agent that has adopted all tells it in a full report: the one that was restarted last.
  void wait_for_adoption() {
    EXPECT_TRUE(eventually([&] { return master().full_reports() > reports_; }));
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

  /// Somewhere in the next moments.
  void dawdle(uint64_t most_ms) { ::usleep(static_cast<useconds_t>(1000 * random_.below(most_ms))); }

  uint64_t seed_ = number_from("HANCOCK_SEED", 1);
  uint64_t kills_ = number_from("HANCOCK_KILLS", 12);
  SeededRandom random_{seed_};
  std::vector<Identity> before_;
  uint64_t reports_ = 0;  // full ones, before the Agent was restarted
};

TEST_F(KillTest, AnAgentThatIsKilledAtAnyMomentRestartsNothing) {
  SCOPED_TRACE(testing::Message() << "HANCOCK_SEED=" << seed_);
  run_steady_tasks();
  for (uint64_t i = 0; i < kills_; ++i) {
    dawdle(900);
    restart_agent_process();
  }
  wait_for_adoption();
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady);
}

TEST_F(KillTest, AnAgentThatIsKilledWhileTasksStartAndStopDoublesAndLeavesNothing) {
  SCOPED_TRACE(testing::Message() << "HANCOCK_SEED=" << seed_);
  run_steady_tasks();
  std::string young;
  for (uint64_t i = 0; i < kills_; ++i) {
    if (!young.empty()) master().remove(young);
    young = fmt::format("young-{}", i);
    master().assign(assignment(young, {"serve", "8080"}));
    dawdle(1500);
    kill_agent_process();
    start_agent_process();
    dawdle(600);
  }
  EXPECT_TRUE(wait_for(young, model::TASK_STATE_READY, 60s)) << message(young);
  EXPECT_EQ(master().task(young)->restarts(), 0u);
  EXPECT_TRUE(eventually([&] { return node().runtime().sandboxes({})->size() == kSteady + 1; }, 40s));
  EXPECT_TRUE(eventually([&] { return master().endpoints() == kSteady + 1; }));
  EXPECT_TRUE(eventually([&] { return node().cgroups_left().size() % (kSteady + 1) == 0; }));
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady + 1);
}

TEST_F(KillTest, AContainerdThatIsKilledAtAnyMomentCostsNoTaskAnything) {
  SCOPED_TRACE(testing::Message() << "HANCOCK_SEED=" << seed_);
  run_steady_tasks();
  const uint64_t kills = kills_ / 3;
  for (uint64_t i = 0; i < kills; ++i) {
    const std::string young = fmt::format("young-{}", i);
    master().assign(assignment(young, {"serve", "8080"}));
    dawdle(800);
    node().stop_containerd();
    dawdle(800);
    node().start_containerd();
    EXPECT_TRUE(wait_for(young, model::TASK_STATE_READY, 60s)) << message(young);
    EXPECT_FALSE(master().task(young)->hopeless());
    EXPECT_EQ(master().task(young)->restarts(), 0u) << message(young);
  }
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady + kills);
}

TEST_F(KillTest, BothKilledTogetherAndAContainerThatEndsMeanwhileIsCountedOnce) {
  run_steady_tasks();
  kill_agent_process();
  const int pid = before_[0].pid;
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return ::kill(pid, 0) != 0; }));
  node().stop_containerd();
  start_agent_process();
  node().start_containerd();
  EXPECT_TRUE(eventually([&] { return master().task(steady(0))->restarts() == 1; }, 40s))
      << message(steady(0));
  EXPECT_TRUE(wait_for(steady(0), model::TASK_STATE_READY));
  EXPECT_EQ(host_port(steady(0)), before_[0].port);
  before_[0] = identity(steady(0));
  EXPECT_EQ(before_[0].restarts, 1u);
  restart_agent_process();
  wait_for_adoption();
  expect_steady_tasks_unharmed();
  expect_one_of_each(kSteady);
}

}  // namespace
}  // namespace hancock::agent::test
