// What nobody owns is found by what the kernel and the runtime have, and removed; what is others' is not.
#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include <fstream>
#include <thread>

#include "agent/network/cni_network.h"
#include "agent_fixture.h"
#include "base/command.h"

namespace hancock::agent::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

class LeftoversTest : public AgentFixture {
 protected:
  static CniNetwork network() {
    const auto details = node().runtime().details();
    EXPECT_TRUE(details) << details.error().message;
    const auto network = parse_cni_network(details.value_or(std::map<std::string, std::string>{}));
    EXPECT_TRUE(network) << network.error().message;
    return network.value_or(CniNetwork{});
  }
  /// As the runtime makes one for a sandbox.
  static void make_namespace(const std::filesystem::path& file) {
    std::ofstream(file).flush();
    std::thread([&] {
      ASSERT_EQ(::unshare(CLONE_NEWNET), 0);
      ASSERT_EQ(::mount("/proc/thread-self/ns/net", file.c_str(), "none", MS_BIND, nullptr), 0);
    }).join();
  }
};

TEST_F(LeftoversTest, ANamespaceOfNoSandboxIsFoundAndRemoved) {
  run(assignment("t-1", {"serve", "8080"}));
  const CniNetwork network = LeftoversTest::network();
  EXPECT_THAT(idle_namespaces(network), IsEmpty()) << "the Task's own is inhabited";
  make_namespace(network.namespaces / "cni-left");
  EXPECT_THAT(idle_namespaces(network), Contains("cni-left"));
  const auto removed = remove_namespace(network, "cni-left");
  EXPECT_TRUE(removed) << removed.error().message;
  EXPECT_FALSE(std::filesystem::exists(network.namespaces / "cni-left"));
  EXPECT_EQ(visit(host_port("t-1")), "t-1 -\n");
}

TEST_F(LeftoversTest, AnAddressOfNoSandboxIsFoundAndGivenBack) {
  run(assignment("t-1", {"serve", "8080"}));
  const CniNetwork network = LeftoversTest::network();
  const auto sandboxes = node().runtime().sandboxes({});
  ASSERT_TRUE(sandboxes && sandboxes->size() == 1);
  const std::string sandbox = sandboxes->front().id;
  const auto reserved = run_command({.argv = {"/usr/lib/cni/host-local"},
                                     .input = network.plugin,
                                     .env = {"CNI_COMMAND=ADD", "CNI_CONTAINERID=left", "CNI_NETNS=/none",
                                             "CNI_IFNAME=eth0", "CNI_PATH=/usr/lib/cni"}});
  ASSERT_TRUE(reserved && reserved->status.ok()) << reserved->out;
  EXPECT_THAT(reserving_sandboxes(network), testing::UnorderedElementsAre("left", sandbox));
  const auto released = release_addresses(network, "left");
  EXPECT_TRUE(released) << released.error().message;
  EXPECT_THAT(reserving_sandboxes(network), testing::ElementsAre(sandbox));
}

TEST_F(LeftoversTest, ACgroupOfNoTaskGoesAndWhatIsNoTasksStays) {
  stop_agent();
  const std::filesystem::path ours = "/sys/fs/cgroup/pids" + node().cgroup();
  std::filesystem::create_directories(ours / "t-9");
  std::filesystem::create_directories(ours / "ssh.service");
  auto sleeper = Process::spawn({.argv = {"sleep", "60"}, .death_signal = SIGKILL});
  ASSERT_TRUE(sleeper);
  std::ofstream(ours / "ssh.service/cgroup.procs") << sleeper->pid();
  start_agent();
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(ours / "t-9"); }));
  EXPECT_FALSE(sleeper->wait(BootClock::now())) << "it is somebody else's";
  ASSERT_TRUE(sleeper->send_signal(SIGKILL));
  ASSERT_TRUE(sleeper->wait(BootClock::now() + 5s));
  EXPECT_TRUE(eventually([&] { return std::filesystem::remove(ours / "ssh.service"); }));
}

TEST_F(LeftoversTest, AParentThatHoldsProcessesIsRefused) {
  stop_agent();
  const std::filesystem::path ours = "/sys/fs/cgroup/pids" + node().cgroup();
  std::filesystem::create_directories(ours);
  auto sleeper = Process::spawn({.argv = {"sleep", "60"}, .death_signal = SIGKILL});
  ASSERT_TRUE(sleeper);
  std::ofstream(ours / "cgroup.procs") << sleeper->pid();
  const auto checked = Cgroups::probe().check_unused(node().cgroup());
  ASSERT_TRUE(sleeper->send_signal(SIGKILL));
  ASSERT_TRUE(sleeper->wait(BootClock::now() + 5s));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, testing::HasSubstr("processes"));
  EXPECT_TRUE(eventually([&] { return Cgroups::probe().check_unused(node().cgroup()).has_value(); }));
}

}  // namespace
}  // namespace hancock::agent::test
