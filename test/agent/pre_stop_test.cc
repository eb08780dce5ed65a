// pre_stop on a real Node: a command in the Task's container, after its release and before its kill signal.
#include <gmock/gmock.h>

#include "agent_fixture.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

constexpr int kFileWasThere = 50;  // exit codes of the program's verb "await"
constexpr int kFileWasNotThere = 51;

class PreStopTest : public AgentFixture {
 protected:
  /// Its program ends by SIGTERM, with one of the codes above.
  model::Assignment awaiting(const std::string& file, std::vector<std::string> pre_stop) {
    auto task = assignment("t-1", {"await", file});
    task.mutable_spec()->mutable_probes()->clear_ready();
    auto& update = *task.mutable_spec()->mutable_update();
    for (std::string& word : pre_stop)
      update.mutable_pre_stop()->mutable_exec()->add_command(std::move(word));
    return task;
  }
  int exit_code() { return master().task("t-1")->exit().code(); }
  std::string failure() { return master().task("t-1")->pre_stop_failure(); }
};

TEST_F(PreStopTest, ItHasEndedBeforeTheKillSignalComes) {
  run(awaiting("/gone", {"/task", "touch", "/gone"}));
  release("t-1");
  EXPECT_EQ(exit_code(), kFileWasThere);
  EXPECT_EQ(failure(), "");
}

TEST_F(PreStopTest, OneThatFailsOrTakesTooLongIsToldOfAndTheTaskIsStopped) {
  run(awaiting("/gone", {"/no-such-program"}));
  release("t-1");
  EXPECT_EQ(exit_code(), kFileWasNotThere) << "by its signal";
  EXPECT_THAT(failure(), HasSubstr("pre_stop: /no-such-program: "));

  auto slow = awaiting("/gone", {"/task", "until", "/never"});
  slow.set_task("t-2");
  *slow.mutable_spec()->mutable_update()->mutable_kill_timeout() = model::to_proto(5s);
  run(slow);
  release("t-2");
  EXPECT_EQ(master().task("t-2")->exit().code(), kFileWasNotThere);
  EXPECT_EQ(master().task("t-2")->pre_stop_failure(), "pre_stop: /task: it takes too long");
}

TEST_F(PreStopTest, AnAgentThatIsKilledMeanwhileHasItRunAgainByTheNextOne) {
  auto task = awaiting("/go", {"/task", "until", "/go"});
  *task.mutable_spec()->mutable_update()->mutable_kill_timeout() = model::to_proto(60s);
  run(task);
  master().set_intent("t-1", model::TASK_INTENT_RELEASE);
  ASSERT_TRUE(eventually([&] { return message("t-1") == "its pre_stop runs"; })) << message("t-1");
  stop_agent();
  start_agent();
  const auto containers = node().runtime().containers({{kTaskLabel, "t-1"}});
  ASSERT_TRUE(containers && containers->size() == 1);
  EXPECT_TRUE(master().is("t-1", model::TASK_STATE_STOPPING)) << "it runs still";
  const auto touched = node().runtime().exec((*containers)[0].id, {"/task", "touch", "/go"}, 5s);
  ASSERT_TRUE(touched && touched->exit_code == 0);
  EXPECT_TRUE(wait_for("t-1", model::TASK_STATE_STOPPED)) << message("t-1");
  EXPECT_EQ(exit_code(), kFileWasThere);
  EXPECT_EQ(failure(), "");
}

}  // namespace
}  // namespace hancock::agent::test
