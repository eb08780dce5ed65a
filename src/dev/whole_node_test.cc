#include "dev/whole_node.h"

#include <gtest/gtest.h>

namespace hancock::dev {
namespace {

TEST(WholeNode, is_named_by_its_number_within_the_clusters_shape) {
  Cluster cluster;
  cluster.shape.nodes = 3;
  EXPECT_EQ(WholeNode::number(cluster, "node-3"), 3);
  for (const char* other : {"node-4", "node-0", "node-", "node-1x", "node--1", "agent-1", ""}) {
    EXPECT_EQ(WholeNode::number(cluster, other), std::nullopt) << other;
  }
}

TEST(WholeNode, runs_an_agent_only_where_there_are_masters) {
  Cluster cluster;
  cluster.shape.masters = 1;
  EXPECT_EQ(WholeNode(cluster, 2).members(), (std::vector<std::string>{"containerd-2", "agent-2"}));
  cluster.shape.masters = 0;
  EXPECT_EQ(WholeNode(cluster, 2).members(), (std::vector<std::string>{"containerd-2"}));
}

}  // namespace
}  // namespace hancock::dev
