#include "dev/address_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace hancock::dev {
namespace {

TEST(AddressPlan, gives_the_documented_names_and_addresses) {
  const AddressPlan plan(7);
  EXPECT_EQ(plan.bridge(), "hk7");
  EXPECT_EQ(plan.host_address(), "198.18.7.1");
  EXPECT_EQ(plan.master_address(1), "198.18.7.2");
  EXPECT_EQ(plan.node_address(1), "198.18.7.32");
  EXPECT_EQ(plan.gateway_address(2), "127.7.0.2");
  EXPECT_EQ(plan.gateway_tcp_address(2), "127.7.1.2");
  EXPECT_EQ(plan.etcd_address(1), "127.7.2.1");
  EXPECT_EQ(plan.node_namespace(3), "hancock-7-node-3");
  EXPECT_EQ(plan.task_subnet(1), "100.64.16.0/20");
  EXPECT_EQ(plan.task_subnet(16), "100.65.0.0/20");
  EXPECT_EQ(plan.node_cgroup(1), "/hancock-7/node-1");
}

TEST(AddressPlan, no_two_clusters_and_no_two_members_meet_even_at_the_limits) {
  std::set<std::string> seen;
  for (const int index : {1, 7, kIndexMax}) {
    const AddressPlan plan(index);
    EXPECT_TRUE(seen.insert(plan.host_address()).second);
    for (int m = 1; m <= kMastersMax; ++m) {
      EXPECT_TRUE(seen.insert(plan.master_address(m)).second);
      EXPECT_TRUE(seen.insert(plan.etcd_address(m)).second);
    }
    for (int n = 1; n <= kNodesMax; ++n) {
      EXPECT_TRUE(seen.insert(plan.node_address(n)).second);
      EXPECT_TRUE(seen.insert(plan.node_link(n)).second);
      EXPECT_TRUE(seen.insert(plan.node_namespace(n)).second);
      EXPECT_LE(plan.node_link(n).size(), 15U);  // IFNAMSIZ without the 0
    }
    for (int g = 1; g <= kGatewaysMax; ++g) {
      EXPECT_TRUE(seen.insert(plan.gateway_address(g)).second);
      EXPECT_TRUE(seen.insert(plan.gateway_tcp_address(g)).second);
    }
  }
}

TEST(AddressPlan, owns_its_links_and_not_those_of_a_cluster_whose_index_begins_alike) {
  EXPECT_TRUE(AddressPlan(1).owns_link("hk1"));
  EXPECT_TRUE(AddressPlan(1).owns_link("hk1n12"));
  EXPECT_FALSE(AddressPlan(1).owns_link("hk11"));
  EXPECT_FALSE(AddressPlan(1).owns_link("hk11n1"));
  EXPECT_FALSE(AddressPlan(1).owns_link("hk1n"));
  EXPECT_FALSE(AddressPlan(1).owns_link("hk1nic"));
  EXPECT_FALSE(AddressPlan(1).owns_link("eth0"));
}

}  // namespace
}  // namespace hancock::dev
