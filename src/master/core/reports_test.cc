#include "master/core/reports.h"

#include <gtest/gtest.h>

#include "master/core/assignments.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

class ReportsTest : public testing::Test {
 protected:
  model::NodeReport full_report(const std::string& node) {
    model::NodeReport report;
    report.set_node(node);
    report.set_site("site-1");
    report.set_address("10.0.0.1");
    report.set_boot_id("boot-1");
    report.mutable_capacity()->set_cpu_millis(4'000);
    report.mutable_capacity()->set_memory_bytes(uint64_t{4} << 30);
    report.mutable_capacity()->set_pids(100'000);
    report.set_full(true);
    return report;
  }

  std::vector<Change> apply(const model::NodeReport& report) {
    return apply_report(world_.state, report, world_.clock.wall());
  }

  void commit(const model::NodeReport& report) {
    for (const Change& change : apply(report)) EXPECT_TRUE(world_.commit(change));
  }

  World world_;
};

TEST_F(ReportsTest, TheFirstReportMakesTheNode) {
  commit(full_report("node-1"));
  ASSERT_NE(world_.state.node("node-1"), nullptr);
  EXPECT_EQ(world_.state.node("node-1")->value.incarnation(), 1);
  EXPECT_EQ(world_.state.node_records().at("node-1").value, (registry::NodeRecord{"node-1", "site-1", 1}));
  EXPECT_TRUE(world_.has_event("node.joined"));
  EXPECT_TRUE(apply(full_report("node-1")).empty()) << "nothing is new";
}

TEST_F(ReportsTest, ANodeThatIsMadeAgainGetsAHigherIncarnation) {
  world_.put(world_.state.keys().node("node-1"),
             registry::encode(registry::NodeRecord{"node-1", "site-1", 7}));
  commit(full_report("node-1"));
  EXPECT_EQ(world_.state.node_records().at("node-1").value.incarnation, 8);
}

TEST_F(ReportsTest, WhatAnAgentComplainsOfIsKeptAndAnEventOnce) {
  commit(full_report("node-1"));
  model::NodeReport report = full_report("node-1");
  report.add_problems("containerd does not answer");
  commit(report);
  EXPECT_EQ(world_.state.node("node-1")->value.problems(0), "containerd does not answer");
  EXPECT_TRUE(world_.has_event("node.problem"));
  EXPECT_TRUE(apply(report).empty());
}

TEST_F(ReportsTest, ATaskChangesAsItsAgentSays) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(2)));
  world_.settle();
  auto tasks = world_.tasks();
  model::NodeReport report;
  report.set_node("node-1");
  model::TaskReport& part = *report.add_tasks();
  part.set_task(tasks[0].id());
  part.set_state(model::TASK_STATE_RUNNING);
  part.set_digest("sha256:1");
  part.add_ports()->set_host_port(20'001);
  commit(report);
  const model::Task& task = world_.state.task(tasks[0].id())->value;
  EXPECT_EQ(task.state(), model::TASK_STATE_RUNNING);
  EXPECT_EQ(task.ports(0).host_port(), 20'001U);
  EXPECT_TRUE(world_.has_event("task.running"));
  EXPECT_EQ(world_.state.version(world_.web, 1)->value.digest(), "sha256:1");
  for (const model::Assignment& assignment : assignments_for(world_.state, "node-1"))
    EXPECT_EQ(assignment.digest(), "sha256:1") << "all Tasks of a Version run the same bytes";
  EXPECT_TRUE(apply(report).empty());
}

TEST_F(ReportsTest, APreStopThatFailedIsAnEventOnce) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  model::NodeReport report;
  report.set_node("node-1");
  model::TaskReport& part = *report.add_tasks();
  part.set_task(world_.tasks()[0].id());
  part.set_state(model::TASK_STATE_STOPPING);
  part.set_pre_stop_failure("pre_stop: /bye: exit code 1");
  const auto changes = apply(report);
  ASSERT_EQ(changes.size(), 1U);
  ASSERT_EQ(changes[0].events.size(), 2U);
  EXPECT_EQ(changes[0].events[1].kind(), "task.pre_stop_failed");
  EXPECT_EQ(changes[0].events[1].message(), "pre_stop: /bye: exit code 1");
  commit(report);
  part.set_state(model::TASK_STATE_STOPPED);
  const auto later = apply(report);
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].events.size(), 1U) << "that it has stopped";
}

TEST_F(ReportsTest, OtherNodesTasksAndEndedOnesArePassedOver) {
  world_.add_node("node-1");
  world_.add_node("node-2");
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  model::Task task = world_.tasks()[0];
  model::NodeReport report;
  report.set_node(task.node() == "node-1" ? "node-2" : "node-1");
  report.add_tasks()->set_task(task.id());
  report.mutable_tasks(0)->set_state(model::TASK_STATE_FAILED);
  report.add_tasks()->set_task("never-heard-of");
  EXPECT_TRUE(apply(report).empty());
  report.set_node(task.node());
  commit(report);
  EXPECT_EQ(world_.state.task(task.id())->value.state(), model::TASK_STATE_FAILED);
  report.mutable_tasks(0)->set_state(model::TASK_STATE_READY);
  EXPECT_TRUE(apply(report).empty()) << "it has ended";
}

TEST_F(ReportsTest, ALongMessageIsCutBetweenCharacters) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  std::string message = "x";
  for (int i = 0; i < 2'000; ++i) message += "\u00e9";
  const std::string id = world_.tasks()[0].id();
  world_.report(id, model::TASK_STATE_PULLING, message);
  ASSERT_NE(world_.state.task(id), nullptr) << "its record can be read";
  EXPECT_EQ(world_.state.task(id)->value.message(), message.substr(0, 1'023));
}

TEST_F(ReportsTest, AnAgentCannotSayThatATaskIsLost) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  world_.report(world_.tasks()[0].id(), model::TASK_STATE_LOST);
  EXPECT_EQ(world_.tasks().size(), 1U);
}

TEST_F(ReportsTest, AReleasedTaskThatAFullReportDoesNotNameHasStopped) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  commit(full_report("node-1"));
  EXPECT_EQ(world_.tasks().size(), 1U) << "one that is to run is started there";
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  model::NodeReport report = full_report("node-1");
  report.set_revision(world_.store.revision());
  commit(report);
  EXPECT_TRUE(world_.tasks().empty());
}

TEST_F(ReportsTest, AFullReportThatIsOlderThanTheReleaseSaysNothingOfIt) {
  world_.add_node("node-1");
  model::NodeReport report = full_report("node-1");
  report.set_revision(world_.store.revision());
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  commit(report);
  EXPECT_EQ(world_.tasks().size(), 1U) << "the Agent may be starting it by now";
}

TEST_F(ReportsTest, ManyTasksTakeSeveralTransactions) {
  world_.add_node("node-1", "site-1", 1'000'000, uint64_t{1} << 40);
  ASSERT_TRUE(world_.apply(shop(200)));
  world_.settle();
  model::NodeReport report;
  report.set_node("node-1");
  for (const model::Task& task : world_.tasks()) {
    report.add_tasks()->set_task(task.id());
    report.mutable_tasks(report.tasks_size() - 1)->set_state(model::TASK_STATE_RUNNING);
  }
  EXPECT_GT(apply(report).size(), 1U);
  commit(report);
  for (const model::Task& task : world_.tasks()) EXPECT_EQ(task.state(), model::TASK_STATE_RUNNING);
}

TEST_F(ReportsTest, ANodeIsAssignedItsTasksUntilTheyHaveEnded) {
  world_.add_node("node-1");
  ASSERT_TRUE(world_.apply(shop(2)));
  world_.settle();
  auto assignments = assignments_for(world_.state, "node-1");
  ASSERT_EQ(assignments.size(), 2U);
  EXPECT_EQ(assignments[0].spec().image(), "shop:1");
  EXPECT_EQ(assignments[0].service(), "web");
  world_.report(assignments[0].task(), model::TASK_STATE_FAILED);
  EXPECT_EQ(assignments_for(world_.state, "node-1").size(), 1U);
  world_.put(world_.state.state_keys().version({world_.web, 1}), "\xff poison");
  ASSERT_EQ(assignments_for(world_.state, "node-1").size(), 1U);
  EXPECT_FALSE(assignments_for(world_.state, "node-1")[0].has_spec());
}

}  // namespace
}  // namespace hancock::master
