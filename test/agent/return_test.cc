// A Node that was given up as lost and comes back: what it runs is the leader's to decide.
#include <gmock/gmock.h>

#include "agent_fixture.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class ReturnTest : public AgentFixture {
 protected:
  /// Out of touch for so long that the leader has replaced what ran here.
  void lose() {
    run(task_);
    container_ = master().task("t-1")->container();
    master().stop();
    master().erase_endpoint("t-1");
    master().raise_incarnation();
    master().tell_incarnation();
  }
  /// And it has not decided who stays.
  void lose_and_return() {
    lose();
    master().set_undecided("t-1");
    master().start();
  }
  bool waits_for_the_leader() {
    return eventually([&] { return message("t-1") == "waiting for the leader's word"; });
  }

  model::Assignment task_ = assignment("t-1", {"serve", "8080"});
  std::string container_;
};

TEST_F(ReturnTest, WhatIsNotDecidedRunsOnUnregistered) {
  lose_and_return();
  ASSERT_TRUE(waits_for_the_leader()) << message("t-1");
  const uint64_t reports = master().reports();
  EXPECT_TRUE(eventually([&] { return master().reports() > reports + 1; }));
  EXPECT_FALSE(master().endpoint("t-1"));
  EXPECT_EQ(master().task("t-1")->container(), container_);
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");

  stop_agent();  // the next one offers it too
  start_agent();
  ASSERT_TRUE(waits_for_the_leader()) << message("t-1");
  EXPECT_FALSE(master().endpoint("t-1"));
  EXPECT_EQ(master().task("t-1")->container(), container_);
}

TEST_F(ReturnTest, AlsoWithoutAJournalWhatIsNotDecidedRunsOn) {
  lose_and_return();
  ASSERT_TRUE(waits_for_the_leader()) << message("t-1");
  stop_agent();
  std::filesystem::remove_all(node().dir() / "agent/tasks");
  start_agent();
  // By the time a Task that came later serves, leftovers have been looked for.
  run(assignment("t-2", {"serve", "8080"}));
  EXPECT_EQ(pods(), 2u);
  master().assign(task_);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(master().task("t-1")->container(), container_);
}

TEST_F(ReturnTest, WhatIsKeptServesAgainAsItRan) {
  lose_and_return();
  ASSERT_TRUE(waits_for_the_leader()) << message("t-1");
  master().assign(task_);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(master().task("t-1")->container(), container_);
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
  EXPECT_THAT(master().endpoint("t-1").value_or(""),
              HasSubstr(fmt::format("\"incarnation\":{},", master().incarnation())));
}

TEST_F(ReturnTest, WhatWasDecidedBeforeItHeardOfItServesAgainAsItRan) {
  lose();
  master().start();
  const std::string incarnation = fmt::format("\"incarnation\":{},", master().incarnation());
  EXPECT_TRUE(eventually([&] {
    return master().endpoint("t-1").value_or("").find(incarnation) != std::string::npos;
  })) << message("t-1");
  EXPECT_EQ(master().task("t-1")->container(), container_);
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

TEST_F(ReturnTest, WhatWasReplacedIsStopped) {
  lose_and_return();
  ASSERT_TRUE(waits_for_the_leader()) << message("t-1");
  task_.set_intent(model::TASK_INTENT_RELEASE);
  master().assign(task_);
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_STOPPED)) << message("t-1");
  EXPECT_TRUE(eventually([&] { return pods() == 0u; }));
}

TEST_F(ReturnTest, ADrainThatTheLeaderTakesBackServesAgain) {
  run(task_);
  container_ = master().task("t-1")->container();
  master().mark_draining("t-1");
  master().set_intent("t-1", model::TASK_INTENT_DRAIN);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_DRAINING));
  master().mark_ready("t-1");
  master().set_intent("t-1", model::TASK_INTENT_RUN);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(master().task("t-1")->container(), container_);
  ::kill(pid_of("t-1"), SIGKILL);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; }))
      << "it is looked after again";
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY));
}

TEST_F(ReturnTest, WhatIsAssignedAgainBeforeItHasEndedBeginsAnew) {
  auto slow = assignment("t-1", {"stubborn"});
  slow.mutable_spec()->mutable_probes()->clear_ready();
  *slow.mutable_spec()->mutable_update()->mutable_kill_timeout() = model::to_proto(500ms);
  run(slow);
  container_ = master().task("t-1")->container();
  master().remove("t-1");  // it takes kill_timeout to end
  master().assign(slow);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->container() != container_; }));
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_EQ(pods(), 1u);
}

TEST_F(ReturnTest, AJournalThatCannotBeWrittenIsSaidAndMadeUpFor) {
  run(task_);
  const auto file = node().dir() / "agent/node.json";
  std::filesystem::remove(file);
  std::filesystem::create_directories(file / "in the way");
  release("t-1");
  const auto says_so = [&] {
    const auto report = master().node();
    return report.problems_size() == 1 &&
           report.problems(0).find("journal cannot be written") != std::string::npos;
  };
  EXPECT_TRUE(eventually(says_so));
  std::filesystem::remove_all(file);
  EXPECT_TRUE(eventually([&] { return master().node().problems_size() == 0; }));
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

}  // namespace
}  // namespace hancock::agent::test
