#include "registry/keys.h"

#include <gtest/gtest.h>

namespace hancock::registry {
namespace {

TEST(Keys, stand_below_the_prefix) {
  const Keys keys;
  EXPECT_EQ(keys.route("default", "shop", "web"), "/hancock/routes/default/shop/web");
  EXPECT_EQ(keys.endpoint("node-1", "t1"), "/hancock/endpoints/node-1/t1");
  EXPECT_EQ(keys.node("node-1"), "/hancock/nodes/node-1");
  EXPECT_EQ(keys.gateway("g1"), "/hancock/gateways/g1");
  EXPECT_EQ(keys.barrier("b1"), "/hancock/barriers/b1");
  EXPECT_EQ(Keys("/test/").beat(), "/test/beat");
}

TEST(Keys, of_one_node_are_not_those_of_a_node_whose_name_starts_alike) {
  const Keys keys;
  EXPECT_TRUE(keys.endpoint("node-1", "t").starts_with(keys.endpoints_of("node-1")));
  EXPECT_FALSE(keys.endpoint("node-10", "t").starts_with(keys.endpoints_of("node-1")));
}

}  // namespace
}  // namespace hancock::registry
