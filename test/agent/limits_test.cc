// What a Task may use and do, looked up in the kernel.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "agent_fixture.h"
#include "base/file.h"
#include "model/time.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class LimitsTest : public AgentFixture {
 protected:
  model::Assignment quiet(const std::string& task, std::vector<std::string> args) {
    auto made = assignment(task, std::move(args));
    made.mutable_spec()->mutable_probes()->clear_ready();
    return made;
  }
  /// The folder of the Task's process in the hierarchy of a controller.
  std::string cgroup_of(int pid, const std::string& controller) {
    std::ifstream lines(fmt::format("/proc/{}/cgroup", pid));
    for (std::string line; std::getline(lines, line);) {
      const size_t first = line.find(':');
      const size_t second = line.find(':', first + 1);
      const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
      if (names.find("," + controller + ",") == std::string::npos) continue;
      return "/sys/fs/cgroup/" + controller + line.substr(second + 1);
    }
    return "";
  }
  std::string value(int pid, const std::string& controller, const std::string& file) {
    std::string text = read_file(cgroup_of(pid, controller) + "/" + file).value_or("?");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  std::string log_of(const std::string& task) {
    return read_file(node().dir() / "agent/logs" / task / "1.log").value_or("");
  }
};

TEST_F(LimitsTest, CpuMemoryAndProcessesAreLimitedInTheirCgroups) {
  if (!std::filesystem::exists("/sys/fs/cgroup/memory")) GTEST_SKIP() << "cgroup v1 is not mounted";
  auto task = quiet("t-1", {"tick"});
  auto& resources = *task.mutable_spec()->mutable_resources();
  resources.set_cpu_millis(250);
  resources.set_cpu_limit_millis(500);
  resources.set_memory_bytes(48 << 20);
  resources.set_pids(33);
  run(task);
  const int pid = pid_of("t-1");
  EXPECT_EQ(value(pid, "cpu", "cpu.shares"), "256");
  EXPECT_EQ(value(pid, "cpu", "cpu.cfs_quota_us"), "50000");
  EXPECT_EQ(value(pid, "cpu", "cpu.cfs_period_us"), "100000");
  EXPECT_EQ(value(pid, "memory", "memory.limit_in_bytes"), std::to_string(48 << 20));
  EXPECT_EQ(read_file("/sys/fs/cgroup/pids" + node().cgroup() + "/t-1/pids.max").value_or(""), "34\n")
      << "its own, and its sandbox's pause process";
}

TEST_F(LimitsTest, UsingMoreMemoryThanItsLimitIsSaidAsOutOfMemory) {
  auto task = quiet("t-1", {"hog", "64"});
  task.mutable_spec()->mutable_resources()->set_memory_bytes(16 << 20);
  task.mutable_spec()->mutable_restart()->set_attempts(1);
  master().assign(task);
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_FAILED)) << message("t-1");
  EXPECT_THAT(message("t-1"), HasSubstr("out of memory: it used more than its 16Mi"));
  EXPECT_TRUE(master().task("t-1")->exit().oom());
  EXPECT_EQ(master().task("t-1")->exit().signal(), SIGKILL);
}

TEST_F(LimitsTest, AForkBombIsStoppedAtItsLimit) {
  auto task = quiet("t-1", {"fork"});
  task.mutable_spec()->mutable_resources()->set_pids(20);
  run(task);
  // The program itself counts.
  EXPECT_TRUE(eventually([&] { return log_of("t-1").find("refused after 19") != std::string::npos; }))
      << log_of("t-1");
}

TEST_F(LimitsTest, ATaskIsConfinedAndKnowsWhoItIs) {
  auto task = quiet("t-1", {"show"});
  task.mutable_spec()->set_user("1234:567");
  run(task);
  EXPECT_TRUE(eventually([&] { return log_of("t-1").find("Seccomp:") != std::string::npos; }));
  const std::string log = log_of("t-1");
  EXPECT_THAT(log, HasSubstr("pid 1 uid 1234 gid 567"));
  EXPECT_THAT(log, HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(log, HasSubstr("CapBnd:\t0000000000000000"));
  EXPECT_THAT(log, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(log, HasSubstr("Seccomp:\t2"));
  for (const char* entry :
       {"HANCOCK_TENANT=acme", "HANCOCK_APP=shop", "HANCOCK_SERVICE=web", "HANCOCK_VERSION=1",
        "HANCOCK_TASK=t-1", "HANCOCK_NODE=node-1", "HANCOCK_SITE=site-1"}) {
    EXPECT_THAT(log, HasSubstr(entry));
  }
  EXPECT_THAT(log, HasSubstr(fmt::format("HANCOCK_HOST_PORT_HTTP={}", host_port("t-1"))));
}

TEST_F(LimitsTest, SlowCommandsOfOneTenantDoNotKeepOthersFromBeingAsked) {
  for (int i = 1; i <= 8; ++i) {
    auto slow = assignment(fmt::format("slow-{}", i), {"pause"});
    auto& ready = *slow.mutable_spec()->mutable_probes()->mutable_ready();
    ready.mutable_exec()->add_command("/task");
    ready.mutable_exec()->add_command("pause");
    *ready.mutable_timeout() = model::to_proto(60s);
    master().assign(slow);
  }
  EXPECT_TRUE(wait_for("slow-8", model::TASK_STATE_RUNNING, 30s)) << message("slow-8");
  auto other = assignment("t-1", {"pause"});
  other.set_tenant("other");
  auto& ready = *other.mutable_spec()->mutable_probes()->mutable_ready();
  ready.mutable_exec()->add_command("/task");
  ready.mutable_exec()->add_command("exists");
  ready.mutable_exec()->add_command("/task");
  *ready.mutable_timeout() = model::to_proto(20s);
  run(other);
}

}  // namespace
}  // namespace hancock::agent::test
