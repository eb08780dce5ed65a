#include "dev/process_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hancock::dev {
namespace {

Cluster planned(ClusterShape shape) {
  Cluster cluster;
  cluster.dir = "/tmp/d";
  cluster.index = 7;
  cluster.shape = shape;
  return cluster;
}

std::vector<std::string> names(const ProcessTable& table) {
  std::vector<std::string> result;
  for (const ProcessEntry& entry : table.entries) result.push_back(entry.name);
  return result;
}

std::string flag(const ProcessEntry& entry, const std::string& name) {
  const auto at = std::find(entry.argv.begin(), entry.argv.end(), name);
  return at == entry.argv.end() || at + 1 == entry.argv.end() ? "" : *(at + 1);
}

const OwnPrograms kPrograms{"/opt/hancock", "/opt/slardar"};

TEST(ProcessPlan, a_whole_cluster_in_the_order_of_starting) {
  const auto table =
      plan_processes(planned({.masters = 1, .nodes = 2, .gateways = 2, .sites = 1}), kPrograms);
  EXPECT_EQ(names(table),
            (std::vector<std::string>{"images", "master-1", "etcd-1", "containerd-1", "containerd-2",
                                      "agent-1", "agent-2", "gateway-1", "gateway-2"}));
}

TEST(ProcessPlan, without_masters_a_plain_etcd_and_no_agents) {
  const auto table =
      plan_processes(planned({.masters = 0, .nodes = 1, .gateways = 1, .sites = 1}), kPrograms);
  EXPECT_EQ(names(table), (std::vector<std::string>{"images", "etcd-1", "containerd-1", "gateway-1"}));
  EXPECT_EQ(table.entries[1].argv[0], "etcd");
  EXPECT_TRUE(table.entries[1].pid_file.empty());
}

TEST(ProcessPlan, agents_live_in_their_nodes_namespace_and_sites_are_dealt_out) {
  auto table = plan_processes(planned({.masters = 1, .nodes = 3, .gateways = 3, .sites = 2}), kPrograms);
  const ProcessEntry& agent = *table.find("agent-3");
  EXPECT_EQ(agent.ns, "hancock-7-node-3");
  EXPECT_EQ(table.find("containerd-3")->ns, agent.ns);
  EXPECT_EQ(flag(agent, "--site"), "site-1");
  EXPECT_EQ(flag(*table.find("agent-2"), "--site"), "site-2");
  EXPECT_EQ(flag(agent, "--masters"), "198.18.7.2:7400");
  EXPECT_EQ(flag(agent, "--containerd"), "/run/hancock-dev/7/node-3.sock");
  EXPECT_EQ(flag(agent, "--address"), "198.18.7.34");
  EXPECT_EQ(flag(agent, "--cgroup"), "/hancock-7");
  EXPECT_EQ(flag(agent, "--boot-id"), "/tmp/d/data/node-3/boot_id");
  EXPECT_EQ(flag(*table.find("gateway-2"), "--etcd"), "127.7.2.1:2379");
  EXPECT_EQ(flag(*table.find("gateway-2"), "--tcp-bind"), "127.7.1.2");
  EXPECT_EQ(table.find("gateway-2")->ns, "");
}

TEST(ProcessPlan, a_masters_etcd_is_listed_with_the_file_that_holds_its_pid) {
  auto table = plan_processes(planned({}), kPrograms);
  EXPECT_EQ(table.find("etcd-1")->pid_file, "/tmp/d/data/master-1/etcd.pid");
  EXPECT_EQ(table.find("etcd-1")->log, "/tmp/d/logs/etcd-1.log");
  EXPECT_EQ(table.find("etcd-1")->address, flag(*table.find("master-1"), "--etcd-client"));
}

TEST(ClusterShape, refuses_what_no_cluster_can_be) {
  EXPECT_TRUE(check(ClusterShape{}));
  EXPECT_TRUE(check({.masters = 0, .nodes = 0, .gateways = 0, .sites = 1}));
  EXPECT_EQ(check({.masters = 2, .nodes = 3, .gateways = 2, .sites = 1}).error().message,
            "--masters: 2: 0, 1, 3 or 5");
  EXPECT_EQ(check({.masters = 3, .nodes = 3, .gateways = 2, .sites = 1}).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(check({.masters = 1, .nodes = -1, .gateways = 2, .sites = 1}).error().message,
            "--nodes: -1: 0 to 200");
  EXPECT_EQ(check({.masters = 1, .nodes = 3, .gateways = 2, .sites = 0}).error().field, "--sites");
}

}  // namespace
}  // namespace hancock::dev
