// What an owner gets wrong, and what is down: said exactly, and nothing else is harmed.
#include <gmock/gmock.h>

#include "agent_fixture.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class BadInputTest : public AgentFixture {
 protected:
  bool says(const std::string& task, const std::string& text, Duration timeout = 20s) {
    return eventually([&] { return message(task).find(text) != std::string::npos; }, timeout);
  }
};

TEST_F(BadInputTest, ACommandThatExitsAtOnceIsHopelessWithItsLastWords) {
  master().assign(assignment("t-1", {"exit", "3"}));
  EXPECT_TRUE(says("t-1", "exit code 3: about to exit; restart in"));
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED));
  const auto report = *master().task("t-1");
  EXPECT_TRUE(report.hopeless());
  EXPECT_EQ(report.message(), "exit code 3: about to exit (5 failures within 10m)");
  EXPECT_EQ(report.exit().code(), 3);
  EXPECT_EQ(report.restarts(), 4u);
}

TEST_F(BadInputTest, ACommandThatIsNotInTheImageFailsAtOnce) {
  auto task = assignment("t-1", {});
  task.mutable_spec()->add_command("/nope");
  master().assign(task);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED));
  EXPECT_TRUE(master().task("t-1")->hopeless());
  EXPECT_EQ(message("t-1"),
            "its container cannot be started: exec: \"/nope\": stat /nope: no such file or directory");
}

TEST_F(BadInputTest, AUserThatIsNotInTheImageFailsAtOnce) {
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->set_user("nobody-here");
  master().assign(task);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED)) << message("t-1");
  EXPECT_TRUE(master().task("t-1")->hopeless());
  EXPECT_THAT(message("t-1"), HasSubstr("the image has no /etc/passwd to look its user's name up in"));
}

TEST_F(BadInputTest, AnImageThatDoesNotExistFailsAtOnceWithTheRegistrysReason) {
  const std::string here = node().push("shop:1");
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->set_image("127.0.0.1:5055/shop:2");
  master().assign(task);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED)) << message("t-1");
  EXPECT_TRUE(master().task("t-1")->hopeless());
  EXPECT_EQ(message("t-1"), "image 127.0.0.1:5055/shop:2 cannot be pulled: not found");
}

TEST_F(BadInputTest, ARegistryThatIsDownIsAskedAgainUntilItIsBack) {
  const std::string image = node().push("late:1");
  node().stop_registry();
  auto task = assignment("t-1", {"serve", "8080"});
  task.mutable_spec()->set_image(image);
  master().assign(task);
  EXPECT_TRUE(says("t-1", "connection refused; next try in"));
  EXPECT_TRUE(master().is("t-1", model::TASK_STATE_PULLING));
  node().push("late:1");
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_THAT(master().task("t-1")->digest(), testing::StartsWith("sha256:"));
}

TEST_F(BadInputTest, AProbeThatNeverPassesLeavesItRunningAndSaysWhatItSees) {
  master().assign(assignment("t-1", {"tick"}));
  EXPECT_TRUE(says("t-1", "waiting for its ready probe: port http: "));
  EXPECT_TRUE(says("t-1", "refused"));
  EXPECT_TRUE(master().is("t-1", model::TASK_STATE_RUNNING));
  EXPECT_FALSE(master().endpoint("t-1"));
}

TEST_F(BadInputTest, AContainerdThatIsDownIsSaidAndWaitedFor) {
  run(assignment("t-1", {"serve", "8080"}));
  const int pid = pid_of("t-1");
  node().stop_containerd();
  auto second = assignment("t-2", {"serve", "8080"});
  *second.mutable_spec()->mutable_restart()->mutable_max_backoff() = model::to_proto(500ms);
  master().assign(second);
  EXPECT_TRUE(says("t-2", "does not answer"));
  EXPECT_TRUE(eventually([&] { return master().node().problems_size() == 1; }));
  EXPECT_THAT(master().node().problems(0), HasSubstr(node().socket() + " does not answer"));
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n") << "what runs goes on";

  node().start_containerd();
  ASSERT_TRUE(wait_for("t-2", model::TASK_STATE_READY, 40s)) << message("t-2");
  EXPECT_EQ(pid_of("t-1"), pid);
  EXPECT_TRUE(eventually([&] { return master().node().problems_size() == 0; }));
}

TEST_F(BadInputTest, OneTasksFaultIsNoOthers) {
  run(assignment("t-1", {"serve", "8080"}));
  auto bad = assignment("t-2", {"exit", "1"});
  bad.mutable_spec()->mutable_restart()->set_attempts(2);
  master().assign(bad);
  ASSERT_TRUE(wait_for("t-2", model::TASK_STATE_FAILED));
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
  EXPECT_EQ(master().task("t-1")->restarts(), 0u);
}

}  // namespace
}  // namespace hancock::agent::test
