// DeployTest: what the tests of Deployments share: three Nodes, two gateways. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "master/core/world.h"

namespace hancock::master {

class DeployTest : public testing::Test {
 protected:
  DeployTest() {
    for (const char* name : {"node-1", "node-2", "node-3"}) world_.add_node(name);
    world_.add_gateway("gw-1");
    world_.add_gateway("gw-2");
  }

  std::string deploy(const model::AppSpec& spec) {
    auto outcome = world_.apply(spec);
    EXPECT_TRUE(outcome);
    world_.settle();
    return outcome->services.at(0).deployment;
  }

  /// Version 1 serves with `replicas` Tasks.
  void serve(uint32_t replicas) {
    deploy(shop(replicas));
    world_.run();
    ASSERT_EQ(world_.serving(1).size(), replicas);
  }

  model::DeploymentPhase phase(const std::string& id) { return world_.deployment(id).phase(); }

  World world_;
};

}  // namespace hancock::master
