// Logs that are asked for over the stream and sent up.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "agent_fixture.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogsTest : public AgentFixture {
 protected:
  void ask(const std::string& id, const std::string& task, int64_t tail, bool follow,
           const std::string& stream = "") {
    model::LogRequest request;
    request.set_id(id);
    request.set_task(task);
    request.set_tail(tail);
    request.set_follow(follow);
    request.set_stream(stream);
    master().ask_log(request);
  }
  void print(const std::string& id, int lines) {
    auto task = assignment(id, {"print", std::to_string(lines)});
    task.mutable_spec()->mutable_probes()->clear_ready();
    task.mutable_spec()->mutable_restart()->set_policy(model::RESTART_POLICY_NEVER);
    master().assign(task);
    ASSERT_TRUE(wait_for(id, model::TASK_STATE_STOPPED));
  }
  static std::filesystem::path log_folder(const std::string& task) {
    return node().dir() / "agent/logs" / task;
  }
  static std::map<std::string, uintmax_t> sizes(const std::string& task) {
    std::map<std::string, uintmax_t> result;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(log_folder(task), error)) {
      const auto size = file.file_size(error);
      if (!error) result.emplace(file.path().filename().string(), size);
    }
    return result;
  }
  bool ends(const std::string& id) {
    return eventually([&] { return master().log_ended(id); });
  }
};

TEST_F(LogsTest, TheLogOfAnEndedTaskIsSentAndEnds) {
  print("t-1", 3);
  ask("all", "t-1", -1, /*follow=*/true);
  ASSERT_TRUE(ends("all")) << "also with follow: nothing more can come";
  const std::string log = master().log("all");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 6);
  EXPECT_THAT(log, HasSubstr("\"stream\":\"stdout\",\"line\":\"line 1\"}\n"));
  EXPECT_THAT(log, HasSubstr("\"stream\":\"stderr\",\"line\":\"error 3\"}\n"));
}

TEST_F(LogsTest, TailAndStreamChoose) {
  print("t-1", 5000);
  ask("tail", "t-1", 2, false, "stdout");
  ASSERT_TRUE(ends("tail"));
  EXPECT_THAT(master().log("tail"), HasSubstr("\"line 4999\""));
  EXPECT_THAT(master().log("tail"), HasSubstr("\"line 5000\""));
  EXPECT_THAT(master().log("tail"), Not(HasSubstr("\"line 4998\"")));
  ask("all", "t-1", -1, false);
  ASSERT_TRUE(ends("all"));
  const std::string log = master().log("all");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 10'000);
}

TEST_F(LogsTest, AFollowedLogGoesOnOverARestartUntilItIsCancelled) {
  auto task = assignment("t-1", {"tick"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  run(task);
  ask("live", "t-1", 0, /*follow=*/true);
  EXPECT_TRUE(eventually([&] { return master().log("live").find("tick") != std::string::npos; }));
  ::kill(pid_of("t-1"), SIGKILL);
  EXPECT_TRUE(eventually([&] { return master().task("t-1")->restarts() == 1; }));
  EXPECT_TRUE(eventually([&] { return master().log("live").find("\"tick 1\"") != std::string::npos; }));
  EXPECT_FALSE(master().log_ended("live"));
  master().cancel_log("live");
  EXPECT_TRUE(ends("live"));
}

TEST_F(LogsTest, WhatIsWrittenIsRotatedAndBounded) {
  auto task = assignment("t-1", {"flood", "60"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  run(task);
  EXPECT_TRUE(eventually([&] { return sizes("t-1").contains("1.log.1"); }));
  EXPECT_TRUE(eventually(
      [&] {
        const auto files = sizes("t-1");
        return files.size() <= 3 && files.contains("1.log") && files.at("1.log") < (10 << 20);
      },
      30s));
}

TEST_F(LogsTest, ARotationThatAnAgentDidNotFinishIsFinishedByTheNext) {
  auto task = assignment("t-1", {"tick"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  run(task);
  stop_agent();
  const auto folder = log_folder("t-1");
  std::filesystem::rename(folder / "1.log", folder / "1.log.1");  // and containerd was not told
  start_agent();
  EXPECT_TRUE(eventually([&] {
    const auto files = sizes("t-1");
    return files.contains("1.log") && files.at("1.log") > 0;
  }));
}

TEST_F(LogsTest, OnlyTheNewestAttemptsOfATaskAreKept) {
  auto task = assignment("t-1", {"exit", "3"});
  task.mutable_spec()->mutable_probes()->clear_ready();
  task.mutable_spec()->mutable_restart()->set_attempts(100);
  *task.mutable_spec()->mutable_restart()->mutable_backoff() = model::to_proto(10ms);
  *task.mutable_spec()->mutable_restart()->mutable_max_backoff() = model::to_proto(20ms);
  master().assign(task);
  EXPECT_TRUE(eventually([&] { return master().task("t-1") && master().task("t-1")->restarts() >= 5; }));
  run(assignment("t-2", {"serve", "8080"}));
  EXPECT_TRUE(eventually([&] {
    const auto files = sizes("t-1");
    return !files.contains("1.log") && !files.contains("2.log") && !files.empty();
  }));
}

TEST_F(LogsTest, AnUnknownTasksLogIsRefused) {
  ask("none", "t-9", -1, false);
  EXPECT_TRUE(ends("none"));
  EXPECT_THAT(master().log_refusal("none"), HasSubstr("\"code\":\"not_found\""));
}

}  // namespace
}  // namespace hancock::agent::test
