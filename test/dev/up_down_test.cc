// `hancock dev` on the real parts: network namespaces, containerd, runc, docker-registry, etcd. Needs root.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/process.h"
#include "dev/machine.h"

namespace hancock::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// A plain etcd and two Nodes: all that needs no program of ours but `hancock`.
const std::vector<std::string> kSmall = {"--masters", "0", "--nodes", "2", "--gateways", "0"};
std::vector<std::string> small_detached() {
  std::vector<std::string> flags = kSmall;
  flags.push_back("--detach");
  return flags;
}

// A root file system of one static program; its owner and mode are what an image must not keep.
std::filesystem::path make_root(const DevCluster& cluster) {
  const auto root = cluster.dir() / "root";
  std::filesystem::create_directories(root / "bin");
  std::filesystem::copy_file(PAUSE_PROGRAM, root / "bin" / "wait");
  shell("chown -R 1000:1000 " + root.string() + " && chmod 4755 " + (root / "bin" / "wait").string());
  return root;
}

std::string push(const DevCluster& cluster, const std::string& name) {
  auto pushed = cluster.run("image", {make_root(cluster), name, "--cmd", "/bin/wait", "--env", "A=b c"});
  EXPECT_TRUE(pushed.status.ok()) << pushed.err;
  return pushed.out.substr(0, pushed.out.find('\n'));
}

// The processes that are listed and the shims, each by its pid; containers go on.
void kill_everything(const DevCluster& cluster) {
  const std::string shims =
      shell("ps -eo pid=,args= | grep -F 'containerd-shim-runc-v2 ' | grep -F -- '-address " +
            std::string("/run/hancock-dev/") + cluster.index() + "/' | awk '{print $1}'");
  for (const auto& entry : cluster.processes()) ::kill(entry["pid"].get<pid_t>(), SIGKILL);
  std::istringstream pids(shims);
  for (pid_t pid; pids >> pid;) ::kill(pid, SIGKILL);
}

TEST(DevUp, writes_env_and_processes_and_every_address_answers_from_the_host) {
  DevCluster cluster;
  const auto up = cluster.run("up", small_detached());
  ASSERT_TRUE(up.status.ok()) << up.err;
  EXPECT_EQ(shell("curl -s -o /dev/null -w '%{http_code}' http://" + cluster.env("HANCOCK_IMAGES") + "/v2/"),
            "200");
  EXPECT_EQ(shell("curl -s http://" + cluster.env("HANCOCK_ETCD") + "/health"), "{\"health\":\"true\"}");
  std::vector<std::string> names;
  for (const auto& entry : cluster.processes()) {
    names.push_back(entry["name"]);
    EXPECT_EQ(::kill(entry["pid"].get<pid_t>(), 0), 0) << entry;
    EXPECT_TRUE(std::filesystem::exists(entry["log"].get<std::string>())) << entry;
    EXPECT_FALSE(entry["argv"].empty()) << entry;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"images", "etcd-1", "containerd-1", "containerd-2"}));
  const std::string ns = cluster.process("containerd-2")["namespace"];
  EXPECT_THAT(shell("ip netns exec " + ns + " ip -br addr show eth0"),
              HasSubstr("198.18." + cluster.index() + ".33/24"));
  EXPECT_THAT(shell("ctr -a " + cluster.containerd_socket(1) + " plugins ls"), HasSubstr("cri"));
}

TEST(DevUp, a_second_one_on_a_live_folder_is_refused_and_changes_nothing) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  const auto before = cluster.processes();
  const auto again = cluster.run("up", small_detached());
  EXPECT_EQ(again.status.code, 1);
  EXPECT_THAT(again.err, HasSubstr("holds a live cluster (4 processes)"));
  EXPECT_EQ(cluster.processes(), before);
  EXPECT_EQ(::kill(before[0]["pid"].get<pid_t>(), 0), 0);
}

TEST(DevUp, two_folders_do_not_collide_and_one_goes_without_the_other) {
  DevCluster first;
  DevCluster second;
  ASSERT_TRUE(first.run("up", small_detached()).status.ok());
  ASSERT_TRUE(second.run("up", small_detached()).status.ok());
  EXPECT_NE(first.env("HANCOCK_IMAGES"), second.env("HANCOCK_IMAGES"));
  EXPECT_NE(first.env("HANCOCK_ETCD"), second.env("HANCOCK_ETCD"));
  ASSERT_TRUE(first.run("down").status.ok());
  EXPECT_EQ(shell("curl -s http://" + second.env("HANCOCK_ETCD") + "/health"), "{\"health\":\"true\"}");
}

TEST(DevUp, a_shape_that_cannot_be_is_refused_with_its_flag_and_makes_nothing) {
  DevCluster cluster;
  const auto refused = cluster.run("up", {"--masters", "2"});
  EXPECT_EQ(refused.status.code, 2);
  EXPECT_EQ(refused.err, "hancock dev: --masters: 2: 0, 1, 3 or 5\n");
  EXPECT_TRUE(std::filesystem::is_empty(cluster.dir()));
}

TEST(DevUp, in_the_foreground_stays_until_ctrl_c_and_ends_everything) {
  DevCluster cluster;
  const auto log = cluster.dir().string() + ".out";
  auto program = Process::spawn({.argv = cluster.argv("up", kSmall), .log = log});
  ASSERT_TRUE(program);
  // It says so once all is ready.
  const TimePoint deadline = BootClock::now() + 60s;
  std::string said;
  while (said.find("Ctrl-C ends it.") == std::string::npos && BootClock::now() < deadline) {
    EXPECT_FALSE(program->wait(BootClock::now() + 20ms)) << said;
    said = read_file(log).value_or("");
  }
  const std::string index = cluster.index();
  ASSERT_TRUE(program->send_signal(SIGINT));
  const auto end = program->wait(BootClock::now() + 60s);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, 130);
  EXPECT_EQ(left_on_machine(cluster.dir(), index), "");
  EXPECT_FALSE(std::filesystem::exists(cluster.dir()));
  std::filesystem::remove(log);
}

TEST(DevDown, leaves_the_machine_as_it_was_with_containers_running) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  const std::string index = cluster.index();
  const std::string image = push(cluster, "wait:1");
  cluster.run_container(1, image, "a");
  cluster.run_container(2, image, "b");
  ASSERT_NE(shell("find /sys/fs/cgroup -path '*/hancock-" + index + "/node-2/b/b/cgroup.procs'"), "");
  const auto down = cluster.run("down");
  EXPECT_EQ(down.status.code, 0) << down.err;
  EXPECT_EQ(left_on_machine(cluster.dir(), index), "");
}

TEST(DevDown, after_kill_of_everything_too) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  const std::string index = cluster.index();
  cluster.run_container(1, push(cluster, "wait:1"), "a");
  kill_everything(cluster);
  const auto down = cluster.run("down");
  EXPECT_EQ(down.status.code, 0) << down.err;
  EXPECT_EQ(left_on_machine(cluster.dir(), index), "");
  EXPECT_EQ(cluster.run("down").status.code, 0);  // again: nothing to do
}

TEST(DevDown, says_what_is_left_and_can_be_asked_again) {
  DevCluster cluster;
  ASSERT_TRUE(
      cluster.run("up", {"--masters", "0", "--nodes", "0", "--gateways", "0", "--detach"}).status.ok());
  // A cgroup with a process that no signal of ours reaches cannot be had; a file that cannot be removed can.
  const auto stuck = cluster.dir() / "data" / "stuck";
  std::ofstream(stuck) << "x";
  shell("chattr +i " + stuck.string());
  if (shell("lsattr " + stuck.string()).find('i') == std::string::npos)
    GTEST_SKIP() << "no immutable files here";
  const auto down = cluster.run("down");
  EXPECT_EQ(down.status.code, 1);
  EXPECT_EQ(down.err, "left: folder " + (cluster.dir() / "data").string() + "\n");
  shell("chattr -i " + stuck.string());
  EXPECT_EQ(cluster.run("down").status.code, 0);
}

TEST(DevUp, after_kill_of_everything_removes_the_remains_and_starts_anew) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  cluster.run_container(1, push(cluster, "wait:1"), "a");
  kill_everything(cluster);

  // is.
  const auto again = cluster.run("up", small_detached());
  ASSERT_TRUE(again.status.ok()) << again.err;
  EXPECT_THAT(again.out, HasSubstr("removing what is left of an earlier cluster"));
  EXPECT_EQ(shell("ctr -a " + cluster.containerd_socket(1) + " -n k8s.io containers ls -q"), "");
}

TEST(DevMember, kill_stop_and_start_renew_the_table) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  const auto before = cluster.process("etcd-1");
  ASSERT_TRUE(cluster.run("kill", {"etcd-1"}).status.ok());
  EXPECT_TRUE(cluster.process("etcd-1")["pid"].is_null());
  EXPECT_EQ(cluster.run("kill", {"etcd-1"}).err, "hancock dev: etcd-1 does not run\n");
  ASSERT_TRUE(cluster.run("start", {"etcd-1"}).status.ok());
  const auto after = cluster.process("etcd-1");
  EXPECT_NE(after["pid"], before["pid"]);
  EXPECT_EQ(after["argv"], before["argv"]);
  EXPECT_THAT(cluster.run("start", {"etcd-1"}).err, HasSubstr("runs already"));
  ASSERT_TRUE(cluster.run("stop", {"etcd-1"}).status.ok());
  EXPECT_TRUE(cluster.process("etcd-1")["pid"].is_null());
  ASSERT_TRUE(cluster.run("kill", {"images", "--signal", "STOP"}).status.ok());
  EXPECT_THAT(shell("ps -o stat= -p " + cluster.process("images")["pid"].dump()), HasSubstr("T"));
  ASSERT_TRUE(cluster.run("kill", {"images", "--signal", "SIGCONT"}).status.ok());
  EXPECT_THAT(cluster.run("stop", {"gateway-1"}).err, HasSubstr("no such process; there are: images etcd-1"));
}

TEST(DevMember, containers_outlive_their_containerd_and_are_there_after_its_start) {
  DevCluster cluster;
  ASSERT_TRUE(cluster.run("up", small_detached()).status.ok());
  cluster.run_container(1, push(cluster, "wait:1"), "a");
  const std::string list = "ctr -a " + cluster.containerd_socket(1) + " -n k8s.io tasks ls | grep '^a '";
  const std::string before = shell(list);
  ASSERT_THAT(before, HasSubstr("RUNNING"));
  ASSERT_TRUE(cluster.run("kill", {"containerd-1"}).status.ok());
  ASSERT_TRUE(cluster.run("start", {"containerd-1"}).status.ok());
  std::string after;
  for (const TimePoint deadline = BootClock::now() + 20s; BootClock::now() < deadline && after != before;) {
    after = shell(list);
  }
  EXPECT_EQ(after, before);  // the same pid
}

TEST(DevImage, prints_a_digest_that_follows_from_the_content_and_files_belong_to_root) {
  DevCluster cluster;
  ASSERT_TRUE(
      cluster.run("up", {"--masters", "0", "--nodes", "0", "--gateways", "0", "--detach"}).status.ok());
  const std::string image = push(cluster, "team/wait:v1");
  ASSERT_THAT(image, MatchesRegex("198\\.18\\.[0-9]+\\.1:[0-9]+/team/wait:v1@sha256:[0-9a-f]{64}"));
  const std::string root = (cluster.dir() / "root").string();
  shell("touch " + root + "/bin/wait");
  const auto again = cluster.run("image", {root, "team/wait:v2", "--cmd", "/bin/wait", "--env", "A=b c"});
  EXPECT_EQ(again.out.substr(again.out.find('@')), image.substr(image.find('@')) + "\n");

  const std::string copy = (cluster.dir() / "copy").string();
  shell("skopeo --insecure-policy copy -q --src-tls-verify=false docker://" +
        image.substr(0, image.find('@')) + " dir:" + copy);
  const std::string layer =
      shell("tar tvzf " + copy + "/$(jq -r .layers[0].digest " + copy + "/manifest.json | cut -d: -f2)");
  EXPECT_THAT(layer, HasSubstr("-rwxr-xr-x 0/0"));
  EXPECT_EQ(layer.find("1000"), std::string::npos) << layer;
  const auto config = nlohmann::json::parse(
      shell("cat " + copy + "/$(jq -r .config.digest " + copy + "/manifest.json | cut -d: -f2)"), nullptr,
      false);
  EXPECT_EQ(config["config"]["Cmd"], nlohmann::json({"/bin/wait"}));
  EXPECT_THAT(config["config"]["Env"].dump(), HasSubstr("\"A=b c\""));
}

TEST(DevImage, what_cannot_be_packed_is_said_so) {
  DevCluster cluster;
  ASSERT_TRUE(
      cluster.run("up", {"--masters", "0", "--nodes", "0", "--gateways", "0", "--detach"}).status.ok());
  EXPECT_EQ(cluster.run("image", {"/no/such/folder", "a:1"}).err,
            "hancock dev: /no/such/folder: not a folder\n");
  const auto bad = cluster.run("image", {"/tmp", "Shop"});
  EXPECT_EQ(bad.status.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("NAME:TAG: Shop:"));
  EXPECT_EQ(cluster.run("image", {"/tmp", "a:1", "--cmd", "sh -c 'x"}).status.code, 2);
}

}  // namespace
}  // namespace hancock::test
