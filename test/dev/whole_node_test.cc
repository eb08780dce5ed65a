// A Node as a whole: its power and its link, taken and given back. Needs root.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"
#include "dev/machine.h"

namespace hancock::test {
namespace {

using testing::HasSubstr;

class WholeNodeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        cluster_.run("up", {"--masters", "0", "--nodes", "2", "--gateways", "0", "--detach"}).status.ok());
    index_ = cluster_.index();
  }
  /// Everything of the cluster can be taken down from here, and nothing is left.
  void TearDown() override {
    const auto down = cluster_.run("down");
    EXPECT_EQ(down.status.code, 0) << down.err;
    EXPECT_EQ(left_on_machine(cluster_.dir(), index_), "");
  }

  std::string push() const {
    const auto root = cluster_.dir() / "root";
    std::filesystem::create_directories(root / "bin");
    std::filesystem::copy_file(PAUSE_PROGRAM, root / "bin" / "wait");
    const auto pushed = cluster_.run("image", {root.string(), "wait:1", "--cmd", "/bin/wait"});
    EXPECT_TRUE(pushed.status.ok()) << pushed.err;
    return pushed.out.substr(0, pushed.out.find('\n'));
  }
  std::string ctr(int node, const std::string& command) const {
    return shell("ctr -a " + cluster_.containerd_socket(node) + " -n k8s.io " + command);
  }
  /// What the image registry answers to Node 1: an HTTP status, "000" when it is not reached.
  std::string ask_from_node() const {
    return shell("nsenter --net=/run/netns/hancock-" + index_ +
                 "-node-1 curl -s -m 1 -o /dev/null -w '%{http_code}' http://" +
                 cluster_.env("HANCOCK_IMAGES") + "/v2/ || true");
  }
  /// Of Node 1, while it is off.
  std::string left_of_node() const {
    return shell("grep -F ' " + cluster_.dir().string() + "/data/node-1/' /proc/self/mountinfo;" +
                 "ip -o link show | grep ' hk" + index_ + "n1[@:]';" + "ip netns list | grep '^hancock-" +
                 index_ + "-node-1';" + "find /sys/fs/cgroup -type d -path '*/hancock-" + index_ +
                 "/node-1';" + "ps -eo pid,stat,args | grep -F 'node-1.sock' | grep -F -- '-dev/" + index_ +
                 "/' | grep -vE 'grep| Z'; true");
  }
  std::string boot_id() const {
    return read_file(cluster_.dir() / "data" / "node-1" / "boot_id").value_or("");
  }
  bool eventually(const std::function<bool()>& holds) const {
    for (const TimePoint deadline = BootClock::now() + 20s; !holds();) {
      if (BootClock::now() > deadline) return false;
    }
    return true;
  }

  DevCluster cluster_;
  std::string index_;
};

TEST_F(WholeNodeTest, killed_nothing_of_it_runs_and_started_it_has_its_disk_but_another_boot) {
  cluster_.run_container(1, push(), "a");
  const std::string pid = shell("ctr -a " + cluster_.containerd_socket(1) +
                                " -n k8s.io tasks ls | awk '$1 == \"a\" {printf \"%s\", $2}'");
  ASSERT_TRUE(std::filesystem::exists("/proc/" + pid)) << pid;
  const std::string boot = boot_id();

  const auto killed = cluster_.run("kill", {"node-1"});
  ASSERT_TRUE(killed.status.ok()) << killed.err;
  EXPECT_EQ(shell("ps -o stat=,args= -p " + pid + " | grep -v ^Z; true"), "");
  EXPECT_TRUE(cluster_.process("containerd-1")["pid"].is_null());
  EXPECT_FALSE(cluster_.process("containerd-2")["pid"].is_null());
  EXPECT_EQ(left_of_node(), "");
  EXPECT_EQ(cluster_.run("kill", {"node-1"}).err, "hancock dev: node-1 is off already\n");
  EXPECT_EQ(cluster_.run("cut", {"node-1"}).err, "hancock dev: node-1 is off: it has no link\n");

  const auto started = cluster_.run("start", {"node-1"});
  ASSERT_TRUE(started.status.ok()) << started.err;
  EXPECT_THAT(cluster_.run("start", {"node-1"}).err, HasSubstr("node-1 is on already"));
  EXPECT_NE(boot_id(), boot);
  EXPECT_FALSE(cluster_.process("containerd-1")["pid"].is_null());
  EXPECT_TRUE(eventually([&] { return ctr(1, "images ls -q").find("/wait:1") != std::string::npos; }));
  EXPECT_EQ(ask_from_node(), "200");
  EXPECT_EQ(ctr(1, "tasks ls -q"), "");
}

TEST_F(WholeNodeTest, cut_it_reaches_nobody_and_runs_on) {
  ASSERT_EQ(ask_from_node(), "200");
  const auto before = cluster_.processes();
  ASSERT_TRUE(cluster_.run("cut", {"node-1"}).status.ok());
  EXPECT_EQ(ask_from_node(), "000");
  EXPECT_EQ(cluster_.processes(), before);
  ASSERT_TRUE(cluster_.run("join", {"node-1"}).status.ok());
  EXPECT_TRUE(eventually([&] { return ask_from_node() == "200"; }));
  const auto refused = cluster_.run("cut", {"images"});
  EXPECT_EQ(refused.status.code, 2);
  EXPECT_EQ(refused.err, "hancock dev: images: a Node's name, node-1 to node-2\n");
}

TEST_F(WholeNodeTest, a_signal_reaches_its_containers_too) {
  cluster_.run_container(1, push(), "a");
  const std::string pid = shell("ctr -a " + cluster_.containerd_socket(1) +
                                " -n k8s.io tasks ls | awk '$1 == \"a\" {printf \"%s\", $2}'");
  ASSERT_TRUE(cluster_.run("kill", {"node-1", "--signal", "STOP"}).status.ok());
  EXPECT_THAT(shell("ps -o stat= -p " + pid), HasSubstr("T"));
  EXPECT_THAT(shell("ps -o stat= -p " + cluster_.process("containerd-1")["pid"].dump()), HasSubstr("T"));
  ASSERT_TRUE(cluster_.run("kill", {"node-1", "--signal", "CONT"}).status.ok());
  EXPECT_THAT(shell("ps -o stat= -p " + pid), testing::Not(HasSubstr("T")));
}

}  // namespace
}  // namespace hancock::test
