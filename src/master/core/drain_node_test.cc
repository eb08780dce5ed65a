#include <gtest/gtest.h>

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

class DrainNodeTest : public DeployTest {
 protected:
  void drain(const std::string& node, std::optional<Duration> within = {}) {
    world_.commit_all(drain_node(world_.state, node, within, world_.clock.wall()));
    world_.settle();
  }
  size_t live_on(const std::string& node) const {
    const auto tasks = world_.tasks();
    return static_cast<size_t>(
        std::count_if(tasks.begin(), tasks.end(), [&](const auto& task) { return task.node() == node; }));
  }
};

TEST_F(DrainNodeTest, OthersServeBeforeItsTasksLeave) {
  serve(3);
  drain("node-1");
  EXPECT_EQ(world_.state.node("node-1")->value.state(), model::NODE_STATE_DRAINING);
  EXPECT_EQ(world_.serving().size(), 3U);
  EXPECT_EQ(world_.tasks().size(), 4U) << "the one that comes in its place";
  for (int i = 0; i < 20 && live_on("node-1") > 0; ++i) {
    world_.agents_work();
    world_.settle();
    EXPECT_GE(world_.serving().size(), 3U);
    world_.acknowledge_all();
    world_.settle();
  }
  EXPECT_EQ(live_on("node-1"), 0U);
  EXPECT_EQ(world_.serving().size(), 3U);
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(DrainNodeTest, WhereThereIsNoOtherPlaceTheyStayUntilTheDeadline) {
  World& world = world_;
  for (const char* node : {"node-2", "node-3"}) drain(node);
  serve(1);
  const std::string home = world.tasks()[0].node();
  EXPECT_EQ(home, "node-1");
  drain("node-1", 10min);
  world.pass(9min);
  world.run();
  EXPECT_EQ(world.serving().size(), 1U);
  EXPECT_NE(world.plan().waiting.at(world.web).find("3 draining"), std::string::npos);
  world.pass(1min);
  world.settle();
  EXPECT_EQ(world.tasks()[0].intent(), model::TASK_INTENT_DRAIN) << "by a barrier even then";
  world.run();
  EXPECT_TRUE(world.tasks().empty());
}

TEST_F(DrainNodeTest, WhatCannotRunTwiceLeavesFirst) {
  model::AppSpec spec = shop(1);
  spec.mutable_services()->at("web").mutable_update()->set_strategy(model::UPDATE_STRATEGY_RECREATE);
  deploy(spec);
  world_.run();
  const model::Task task = world_.tasks()[0];
  drain(task.node());
  ASSERT_EQ(world_.tasks().size(), 1U);
  EXPECT_EQ(world_.tasks()[0].intent(), model::TASK_INTENT_DRAIN);
  world_.run();
  ASSERT_EQ(world_.serving().size(), 1U);
  EXPECT_NE(world_.serving()[0].node(), task.node());
}

TEST_F(DrainNodeTest, ADrainedNodeThatWasLostIsDrainedWhenItIsBack) {
  serve(1);
  drain("node-3");
  for (int i = 0; i < 8; ++i) {
    world_.pass(10s, {"node-3"});
    world_.settle();
  }
  EXPECT_EQ(world_.state.node("node-3")->value.state(), model::NODE_STATE_LOST);
  for (int i = 0; i < 8; ++i) {
    world_.report_all("node-3", {});
    world_.pass(1s);
    world_.settle();
  }
  EXPECT_EQ(world_.state.node("node-3")->value.state(), model::NODE_STATE_DRAINING);
  world_.commit_all(undrain_node(world_.state, "node-3", world_.clock.wall()));
  EXPECT_EQ(world_.state.node("node-3")->value.state(), model::NODE_STATE_READY);
  EXPECT_TRUE(undrain_node(world_.state, "node-3", world_.clock.wall())->empty());
  EXPECT_FALSE(undrain_node(world_.state, "node-9", world_.clock.wall()));
}

}  // namespace
}  // namespace hancock::master
