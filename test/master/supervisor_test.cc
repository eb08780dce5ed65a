// The supervisor, on real processes: who may start where, what it remembers, how it ends.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/command.h"
#include "base/file.h"
#include "master/master_process.h"

namespace hancock::test {
namespace {

CommandOutput run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {HANCOCK_PROGRAM, "master"});
  auto output = run_command({.argv = std::move(arguments), .timeout = 20s});
  return output ? *output : CommandOutput{{-1, 0}, "", output.error().message};
}

bool is_alive(pid_t pid) { return pid > 0 && kill(pid, 0) == 0; }

TEST(Supervisor, AFirstStartWithoutBootstrapIsRefusedAndLeavesNothing) {
  const MasterProcess unused;
  const auto output = run({"--data", unused.data().string()});
  EXPECT_EQ(output.status.code, 2);
  EXPECT_NE(output.err.find("holds no Master yet: --bootstrap"), std::string::npos) << output.err;
  EXPECT_FALSE(std::filesystem::exists(unused.data()));
}

TEST(Supervisor, WrongFlagsAreNamed) {
  const MasterProcess unused;
  const std::string data = unused.data().string();
  const auto refused = [&](std::vector<std::string> flags, const std::string& why) {
    flags.insert(flags.begin(), {"--data", data, "--bootstrap"});
    const auto output = run(flags);
    EXPECT_EQ(output.status.code, 2) << output.err;
    EXPECT_NE(output.err.find(why), std::string::npos) << output.err;
    EXPECT_FALSE(std::filesystem::exists(data));
  };
  refused({}, "--listen HOST:PORT is needed");
  refused({"--listen", "127.0.0.1:0", "--etcd-client", "127.0.0.1:0", "--etcd-peer", "127.0.0.1:9"},
          "--etcd-client 127.0.0.1:0: a port from 1 to 65535");
  refused({"--listen", "127.0.0.1:0", "--etcd-client", "0.0.0.0:9", "--etcd-peer", "127.0.0.1:9"},
          "--etcd-client 0.0.0.0:9: a loopback address");
  refused({"--listen", "nowhere", "--etcd-client", "127.0.0.1:9", "--etcd-peer", "127.0.0.1:9"},
          "--listen nowhere");
  refused({"--join", "127.0.0.1:9"}, "not supported yet");
}

TEST(Supervisor, AFolderHasOneMasterAtATime) {
  MasterProcess master;
  master.start();
  ASSERT_TRUE(master.wait_until_ready());
  const auto output = run({"--data", master.data().string()});
  EXPECT_EQ(output.status.code, 1);
  EXPECT_NE(output.err.find("another Master runs in"), std::string::npos) << output.err;
  EXPECT_EQ(master.get("/readyz").status, 200);
}

TEST(Supervisor, TokensAreForTheirOwnerOnly) {
  MasterProcess master;
  master.start();
  ASSERT_TRUE(master.wait_until_ready());
  for (const char* file : {"operator.token", "agent.token"}) {
    struct stat info {};
    ASSERT_EQ(stat((master.data() / file).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << file;
  }
  EXPECT_EQ(master.operator_token().size(), 64U);
  EXPECT_NE(master.operator_token(), master.agent_token());
}

TEST(Supervisor, EndsItsChildrenAndStartsAgainFromItsFolderAlone) {
  MasterProcess master;
  master.start();
  ASSERT_TRUE(master.wait_until_ready());
  const std::string token = master.operator_token();
  const pid_t brain = master.brain_pid();
  const pid_t etcd = master.etcd_pid();
  EXPECT_TRUE(is_alive(brain) && is_alive(etcd));

  EXPECT_TRUE(master.stop().ok());
  EXPECT_FALSE(is_alive(brain));
  EXPECT_FALSE(is_alive(etcd));
  EXPECT_FALSE(std::filesystem::exists(master.data() / "brain.pid"));

  master.start_again();
  ASSERT_TRUE(master.wait_until_ready());
  EXPECT_EQ(master.operator_token(), token);
  EXPECT_EQ(master.get("/v1/apps").status, 200);
}

TEST(Supervisor, ItsChildrenGoWithItWhenItIsKilled) {
  MasterProcess master;
  master.start();
  ASSERT_TRUE(master.wait_until_ready());
  const pid_t brain = master.brain_pid();
  const pid_t etcd = master.etcd_pid();
  master.kill(SIGKILL);
  EXPECT_TRUE(eventually([&] { return !is_alive(brain) && !is_alive(etcd); }));
  master.start_again();
  EXPECT_TRUE(master.wait_until_ready());
}

}  // namespace
}  // namespace hancock::test
