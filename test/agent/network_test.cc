// Who reaches whom on a Node, and a table that stands whatever others do to it.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "agent_fixture.h"
#include "base/command.h"
#include "base/file.h"

namespace hancock::agent::test {
namespace {

using testing::HasSubstr;

class NetworkTest : public AgentFixture {
 protected:
  /// What a Task says that dials.
  std::string dial(const std::string& id, const std::string& ip, int port) {
    auto task = assignment(id, {"dial", ip, std::to_string(port)});
    task.mutable_spec()->mutable_probes()->clear_ready();
    master().assign(task);
    std::string said;
    eventually([&] {
      const std::string log = read_file(node().dir() / "agent/logs" / id / "1.log").value_or("");
      const size_t found = log.find("dial ");
      if (found != std::string::npos) said = log.substr(found + 5, log.find('\n', found) - found - 5);
      return !said.empty();
    });
    return said;
  }
  static std::vector<int> pids_of(const std::string& task) {
    std::vector<int> pids;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("/sys/fs/cgroup/pids" +
                                                                           node().cgroup() + "/" + task)) {
      std::ifstream members(entry.path() / "cgroup.procs");
      for (int pid = 0; members >> pid;) pids.push_back(pid);
    }
    return pids;
  }
  /// A set or map of the table, as text.
  static std::string listed(const std::string& name) {
    const std::string kind = name == "ports" ? "map" : "set";
    return checked_command({.argv = {"nft", "list", kind, "inet", "hancock", name}}).value_or("");
  }
  /// "" while it has none: its pod may be on its way out.
  std::string address_of(const std::string& task) {
    const auto sandboxes = node().runtime().sandboxes({{kTaskLabel, task}});
    if (!sandboxes || sandboxes->empty()) return "";
    const auto sandbox = node().runtime().sandbox(sandboxes->front().id);
    return sandbox ? sandbox->address : "";
  }
};

TEST_F(NetworkTest, ATaskReachesTheWorldButNotTheNodesOwnServicesNorTheMasters) {
  const int master_port = std::stoi(master().address().substr(master().address().rfind(':') + 1));
  EXPECT_EQ(dial("t-1", kNodeAddress, master_port), "Operation now in progress")
      << "dropped: it waits in vain";
  EXPECT_EQ(dial("t-2", kFarAddress, 1), "Connection refused") << "nobody listens there, but it was reached";
}

TEST_F(NetworkTest, ATaskDoesNotReachAnothersOwnAddress) {
  run(assignment("t-1", {"serve", "8080"}));
  EXPECT_EQ(dial("t-2", address_of("t-1"), 8080), "Operation now in progress");
}

TEST_F(NetworkTest, ATaskThatIsMadeAnewTakesNothingOldAlong) {
  run(assignment("t-1", {"serve", "8080"}));
  const std::string before = address_of("t-1");
  stop_agent();
  for (const int pid : pids_of("t-1")) ::kill(pid, SIGKILL);  // as by a power cut: its pause process, too
  ASSERT_TRUE(eventually([&] {
    const auto sandboxes = node().runtime().sandboxes({});
    return sandboxes && sandboxes->size() == 1 && !sandboxes->front().ready;
  }));
  start_agent();
  ASSERT_TRUE(eventually([&] { return !address_of("t-1").empty() && address_of("t-1") != before; }));
  ASSERT_TRUE(wait_for("t-1", model::TASK_STATE_READY)) << message("t-1");
  EXPECT_TRUE(eventually([&] { return visit(host_port("t-1"), far_namespace()) == "t-1 -\n"; }));
  EXPECT_THAT(listed("tasks"), testing::Not(HasSubstr(before + " ")));
  release("t-1");
  EXPECT_THAT(listed("tasks"), testing::Not(HasSubstr("elements")));
  EXPECT_THAT(listed("ports"), testing::Not(HasSubstr("elements")));
}

TEST_F(NetworkTest, AFlushByAnybodyIsMended) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  ASSERT_TRUE(checked_command({.argv = {"nft", "flush", "ruleset"}}));
  EXPECT_TRUE(eventually([&] { return visit(port, far_namespace()) == "t-1 -\n"; }));
  ASSERT_TRUE(checked_command({.argv = {"nft", "flush", "map", "inet", "hancock", "ports"}}));
  EXPECT_TRUE(eventually([&] { return visit(port, far_namespace()) == "t-1 -\n"; }));
  ASSERT_TRUE(checked_command({.argv = {"nft", "flush", "chain", "inet", "hancock", "prerouting"}}));
  EXPECT_TRUE(eventually([&] { return visit(port, far_namespace()) == "t-1 -\n"; }));
}

TEST_F(NetworkTest, ReleasedPortsAndConnectionsAreForgotten) {
  run(assignment("t-1", {"serve", "8080"}));
  const uint16_t port = host_port("t-1");
  ASSERT_EQ(visit(port, far_namespace()), "t-1 -\n");
  release("t-1");
  const auto left =
      checked_command({.argv = {"conntrack", "-L", "-p", "tcp", "--orig-port-dst", std::to_string(port)}});
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(*left, "");
}

}  // namespace
}  // namespace hancock::agent::test
