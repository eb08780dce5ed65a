// Whoever is killed, restarted or away: the Tasks run on, and nothing is doubled or left.
#include <gmock/gmock.h>
#include <signal.h>

#include "agent_fixture.h"
#include "base/command.h"
#include "base/file.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class RestartTest : public AgentFixture {};

TEST_F(RestartTest, AKilledAgentsTasksAreAdoptedAsTheyRun) {
  run(assignment("t-1", {"serve", "8080"}));
  const int pid = pid_of("t-1");
  const uint16_t port = host_port("t-1");
  const auto record = master().endpoint("t-1");
  const auto states = master().states("t-1");
  stop_agent();
  EXPECT_EQ(visit(port, far_namespace()), "t-1 -\n") << "without an Agent";
  start_agent();
  const uint64_t reports = master().reports();
  EXPECT_TRUE(eventually([&] { return master().reports() > reports + 2; }));
  EXPECT_EQ(pid_of("t-1"), pid);
  EXPECT_EQ(host_port("t-1"), port);
  EXPECT_EQ(master().states("t-1"), states) << "it has been ready all the time";
  EXPECT_EQ(master().endpoint("t-1"), record);
  EXPECT_EQ(visit(port, far_namespace()), "t-1 -\n");
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; })) << "it is looked after";
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_EQ(host_port("t-1"), port);
}

TEST_F(RestartTest, WithoutItsJournalAnAgentAdoptsByLabels) {
  run(assignment("t-1", {"serve", "8080"}));
  const int pid = pid_of("t-1");
  const uint16_t port = host_port("t-1");
  stop_agent();
  std::filesystem::remove_all(node().dir() / "agent/tasks");
  const uint64_t reports = master().full_reports();
  start_agent();
  EXPECT_TRUE(eventually([&] { return master().full_reports() > reports; }))
      << "it has looked at the runtime";
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_EQ(pid_of("t-1"), pid);
  EXPECT_EQ(host_port("t-1"), port);
  EXPECT_TRUE(eventually([&] { return visit(port, far_namespace()) == "t-1 -\n"; }));
}

TEST_F(RestartTest, WhatWasUnassignedMeanwhileIsRemoved) {
  run(assignment("t-1", {"serve", "8080"}));
  run(assignment("t-2", {"serve", "8080"}));
  stop_agent();
  master().remove("t-1");
  std::filesystem::remove(node().dir() / "agent/tasks/t-1.json");  // known by its labels only
  master().remove("t-2");
  start_agent();
  EXPECT_TRUE(eventually([&] { return pods() == 0u; }));
  EXPECT_TRUE(eventually([&] { return master().endpoints() == 0; }));
}

TEST_F(RestartTest, ATaskThatDiedMeanwhileIsRestartedWithItsPort) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  const int pid = pid_of("t-1");
  stop_agent();
  ::kill(pid, SIGKILL);
  start_agent();
  EXPECT_TRUE(eventually([&] { return pid_of("t-1") > 0 && pid_of("t-1") != pid; }));
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
  EXPECT_EQ(host_port("t-1"), port);
  EXPECT_TRUE(eventually([&] { return visit(port) == "t-1 -\n"; }));
}

TEST_F(RestartTest, AJobThatEndedMeanwhileIsNotDoneTwice) {
  auto job = assignment("t-1", {"serve", "8080"});
  job.mutable_spec()->mutable_restart()->set_policy(model::RESTART_POLICY_ON_FAILURE);
  run(job);
  const int pid = pid_of("t-1");
  stop_agent();
  ::kill(pid, SIGTERM);  // it exits with 0
  EXPECT_TRUE(eventually([&] { return ::kill(pid, 0) != 0; }));
  start_agent();
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_STOPPED)) << message("t-1");
  EXPECT_EQ(message("t-1"), "it ended by itself");
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

TEST_F(RestartTest, WhatHasFailedStaysFailed) {
  auto bad = assignment("t-1", {"exit", "3"});
  bad.mutable_spec()->mutable_restart()->set_attempts(2);
  master().assign(bad);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED));
  const std::string why = message("t-1");
  stop_agent();
  master().forget();
  start_agent();
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED)) << message("t-1");
  EXPECT_EQ(message("t-1"), why);
  EXPECT_TRUE(master().task("t-1")->hopeless());
  EXPECT_EQ(master().states("t-1").size(), 1u) << "it has not begun again";
}

TEST_F(RestartTest, ACrashLoopsBackOffGoesOn) {
  auto task = assignment("t-1", {"exit", "3"});
  *task.mutable_spec()->mutable_restart()->mutable_backoff() = model::to_proto(40s);
  master().assign(task);
  ASSERT_TRUE(eventually([&] { return message("t-1").find("restart in") != std::string::npos; }));
  stop_agent();
  const uint64_t reports = master().full_reports();
  start_agent();
  EXPECT_TRUE(eventually([&] { return master().full_reports() > reports; }));
  EXPECT_THAT(message("t-1"), HasSubstr("restart in"));
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

TEST_F(RestartTest, AnAgentThatStartsWithoutContainerdSaysSoAndLosesNothing) {
  run(assignment("t-1", {"serve", "8080"}));
  const int pid = pid_of("t-1");
  stop_agent();
  node().stop_containerd();
  master().assign(assignment("t-2", {"serve", "8080"}));
  start_agent();
  EXPECT_TRUE(eventually([&] { return message("t-2").find("does not answer") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] { return master().node().problems_size() == 1; }));
  EXPECT_TRUE(master().is("t-1", model::TASK_STATE_READY));
  EXPECT_TRUE(master().endpoint("t-1"));
  node().start_containerd();
  EXPECT_TRUE(wait_for("t-2", model::TASK_STATE_READY)) << message("t-2");
  EXPECT_EQ(pid_of("t-1"), pid);
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

TEST_F(RestartTest, WithoutMastersTheTasksRunOnAndAreRestarted) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  const int pid = pid_of("t-1");
  master().stop();
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return pid_of("t-1") > 0 && pid_of("t-1") != pid; }));
  EXPECT_TRUE(eventually([&] { return visit(port) == "t-1 -\n"; }));
  master().start();
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; }));
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
}

TEST_F(RestartTest, AnEarlierLeaderIsNotObeyed) {
  master().set_reign(1, 5);
  run(assignment("t-1", {"serve", "8080"}));
  master().set_reign(1, 4);
  master().remove("t-1");
  const uint64_t reports = master().reports();
  EXPECT_TRUE(eventually([&] { return master().reports() > reports + 1; }));
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
  const uint64_t full = master().full_reports();
  stop_agent();
  start_agent();  // it remembers
  EXPECT_TRUE(eventually([&] { return master().full_reports() > full; }));
  const uint64_t again = master().reports();
  EXPECT_TRUE(eventually([&] { return master().reports() > again + 1; }));
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
  master().set_reign(1, 6);
}

TEST_F(RestartTest, ANodeThatWasDeclaredLostRegistersNothingUntilItHasHeardOfIt) {
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  master().raise_incarnation();
  master().assign(task);
  EXPECT_TRUE(eventually([&] { return message("t-1").find("waiting for its place") != std::string::npos; }))
      << message("t-1");
  EXPECT_FALSE(master().endpoint("t-1"));
  master().tell_incarnation();
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_THAT(master().endpoint("t-1").value_or(""),
              HasSubstr(fmt::format("\"incarnation\":{},", master().incarnation())));
}

}  // namespace
}  // namespace hancock::agent::test
