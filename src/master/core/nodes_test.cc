#include "master/core/nodes.h"

#include <gtest/gtest.h>

#include "master/core/timing.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

class NodesTest : public testing::Test {
 protected:
  NodesTest() {
    world_.add_node("node-1");
    world_.add_node("node-2");
    world_.add_gateway("gw-1");
  }

  void serve(uint32_t replicas, int lost_after_s) {
    model::AppSpec spec = shop(replicas);
    World::set_lost_after(spec, lost_after_s);
    ASSERT_TRUE(world_.apply(spec));
    world_.run();
  }

  model::NodeState state(const std::string& node = "node-1") {
    return world_.state.node(node)->value.state();
  }

  void fall_silent(Duration duration) {
    world_.pass(duration, {"node-1"});
    world_.settle();
  }

  int64_t incarnation() { return world_.state.node_records().at("node-1").value.incarnation; }

  World world_;
};

TEST_F(NodesTest, SilenceMakesItSuspectThenDisconnectedThenLost) {
  serve(2, 60);
  EXPECT_EQ(world_.plan().next, world_.clock.now() + kLostAfterMin);
  fall_silent(9s);
  EXPECT_EQ(state(), model::NODE_STATE_READY);
  fall_silent(1s);
  EXPECT_EQ(state(), model::NODE_STATE_SUSPECT);
  fall_silent(20s);
  EXPECT_EQ(state(), model::NODE_STATE_DISCONNECTED);
  EXPECT_EQ(world_.staying().size(), 2U) << "its Tasks go on for all we know";
  fall_silent(30s);
  EXPECT_EQ(state(), model::NODE_STATE_LOST);
  for (const char* kind : {"node.suspect", "node.disconnected", "node.lost", "task.lost"})
    EXPECT_TRUE(world_.has_event(kind)) << kind;
  world_.run();
  EXPECT_EQ(world_.serving().size(), 2U);
  for (const model::Task& task : world_.tasks()) EXPECT_EQ(task.node(), "node-2");
}

TEST_F(NodesTest, TasksAreGivenUpInTheChangeThatRaisesTheIncarnation) {
  serve(2, 10);
  world_.pass(10s, {"node-1"});
  Plan plan = world_.plan();
  ASSERT_TRUE(world_.commit(plan.changes.at(0)));
  EXPECT_EQ(incarnation(), 2);
  EXPECT_EQ(world_.state.node("node-1")->value.incarnation(), 2);
  EXPECT_EQ(world_.tasks().size(), 1U);
  EXPECT_EQ(world_.state.endpoints().size(), 1U) << "what it registered goes with them";
}

TEST_F(NodesTest, EachServiceSaysAfterHowLong) {
  model::AppSpec spec = shop(2);
  auto& services = *spec.mutable_services();
  services["slow"] = services.at("web");
  services["slow"].mutable_routes(0)->set_hosts(0, "slow.test");
  World::set_lost_after(spec, 15);
  World::set_lost_after(spec, 300, "slow");
  ASSERT_TRUE(world_.apply(spec));
  world_.run();
  for (int i = 0; i < 6; ++i) fall_silent(10s);
  size_t slow = 0;
  for (const model::Task& task : world_.tasks()) slow += task.service() == "slow" && task.node() == "node-1";
  EXPECT_EQ(slow, 1U);
  EXPECT_EQ(state(), model::NODE_STATE_DISCONNECTED) << "not all that it runs is given up";
  const int64_t known_to_gateways = incarnation();
  for (const auto& [id, endpoint] : world_.state.endpoints())
    EXPECT_GE(endpoint.value.incarnation, endpoint.value.node == "node-1" ? known_to_gateways : 1)
        << "gateways still serve from " << id.task;
  for (const model::Task& task : world_.staying()) {
    if (task.service() == "web") {
      EXPECT_EQ(task.node(), "node-2");
    }
  }
  for (int i = 0; i < 25; ++i) fall_silent(10s);
  for (const model::Task& task : world_.tasks()) EXPECT_EQ(task.node(), "node-2");
  EXPECT_EQ(incarnation(), 2);
}

TEST_F(NodesTest, ALateWriteOfALostNodesAgentFails) {
  serve(1, 10);
  model::Task task = world_.tasks()[0];
  const auto fence = world_.state.node_records().at(task.node()).revision;
  world_.pass(10s, {task.node()});
  world_.settle();
  store::Transaction late{{store::Compare::unchanged(world_.state.keys().node(task.node()), fence)},
                          {store::Operation::put(world_.state.keys().endpoint(task.node(), task.id()), "x")}};
  EXPECT_FALSE(world_.store.commit(late));
}

TEST_F(NodesTest, ALateWriteForATaskThatWasGivenUpBeforeTheOthersFailsToo) {
  model::AppSpec spec = shop(2);
  (*spec.mutable_services())["slow"] = spec.services().at("web");
  spec.mutable_services()->at("slow").mutable_routes(0)->set_hosts(0, "slow.test");
  World::set_lost_after(spec, 10);
  World::set_lost_after(spec, 300, "slow");
  ASSERT_TRUE(world_.apply(spec));
  world_.run();
  const auto fence = world_.state.node_records().at("node-1").revision;
  fall_silent(10s);
  ASSERT_EQ(incarnation(), 1);
  EXPECT_FALSE(
      world_.store.commit({{store::Compare::unchanged(world_.state.keys().node("node-1"), fence)},
                           {store::Operation::put(world_.state.keys().endpoint("node-1", "x"), "x")}}));
}

TEST_F(NodesTest, NoSpecLosesANodeForLessThanThreeSignsOfLife) {
  serve(2, 1);
  fall_silent(5s);
  EXPECT_EQ(world_.staying().size(), 2U);
  fall_silent(1s);
  EXPECT_TRUE(world_.has_event("task.lost"));
  world_.settle();
  EXPECT_EQ(state(), model::NODE_STATE_LOST) << "until it is heard of";
  EXPECT_FALSE(world_.has_event("node.ready"));
}

TEST_F(NodesTest, AGapInWhichTheLeaderCouldNotActLosesNoNode) {
  serve(2, 10);
  world_.contacts.acting(world_.clock.now());
  world_.clock.advance(40s);
  world_.contacts.acting(world_.clock.now());
  EXPECT_EQ(world_.settle(), 0U);
  EXPECT_EQ(state(), model::NODE_STATE_READY);
  fall_silent(9s);
  EXPECT_EQ(world_.staying().size(), 2U);
  fall_silent(1s);
  EXPECT_TRUE(world_.has_event("task.lost")) << "the clocks go on from its end";
}

TEST_F(NodesTest, ANewLeaderWaitsForANodeUntilItIsDisconnectedHoweverShortLostAfterIs) {
  serve(2, 10);
  world_.take_over();
  world_.clock.advance(29s);
  world_.hear("node-2");
  world_.settle();
  EXPECT_FALSE(world_.has_event("task.lost"));
  world_.clock.advance(1s);
  world_.hear("node-2");
  world_.settle();
  EXPECT_TRUE(world_.has_event("task.lost"));
}

TEST_F(NodesTest, ALostNodeThatReportsAgainIsReadyWithItsNewIncarnation) {
  serve(2, 10);
  fall_silent(10s);
  ASSERT_EQ(state(), model::NODE_STATE_LOST);
  world_.hear("node-1");
  world_.settle();
  EXPECT_EQ(state(), model::NODE_STATE_READY);
  EXPECT_EQ(incarnation(), 2);
  EXPECT_TRUE(world_.has_event("node.ready"));
  world_.run();
  EXPECT_EQ(world_.serving().size(), 2U) << "what it had is not counted again";
}

TEST_F(NodesTest, ANodeWithoutTasksIsLostTooAndOnce) {
  fall_silent(60s);
  EXPECT_EQ(state(), model::NODE_STATE_LOST);
  EXPECT_EQ(incarnation(), 2);
  fall_silent(600s);
  EXPECT_EQ(incarnation(), 2);
}

TEST_F(NodesTest, ATakeoverStartsAllClocksAnew) {
  serve(2, 10);
  world_.clock.advance(8s);
  world_.take_over();
  world_.clock.advance(8s);
  EXPECT_EQ(world_.settle(), 0U);
  EXPECT_EQ(state(), model::NODE_STATE_READY);
  EXPECT_EQ(world_.serving().size(), 2U);
}

TEST_F(NodesTest, AfterATakeoverNothingMovesUntilTheNodesConcernedHaveReported) {
  serve(2, 60);
  world_.take_over();
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  EXPECT_EQ(world_.settle(), 0U);
  EXPECT_FALSE(world_.plan().waiting.empty());
  world_.hear("node-1");
  world_.hear("node-2");
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 1U);
}

TEST_F(NodesTest, AfterATakeoverANodeThatIsHeardAndCannotReportHoldsThingsUpForTwoMinutesOnly) {
  serve(2, 600);
  world_.take_over();
  world_.commit_all(scale(world_.state, world_.web, 4, world_.clock.wall()));
  const auto hear_on = [&](Duration span) {
    for (Duration passed{}; passed < span; passed += 2s) {
      world_.pass(2s, {"node-2"});
      world_.contacts.heard("node-2", world_.clock.now());
      world_.settle();
    }
  };
  hear_on(118s);
  EXPECT_EQ(world_.staying().size(), 2U);
  EXPECT_LE(world_.plan().next, world_.clock.now() + 2s) << "it is looked at again by itself";
  hear_on(2s);
  EXPECT_EQ(world_.staying().size(), 4U);
}

TEST_F(NodesTest, AfterATakeoverASilentNodeHoldsThingsUpUntilItIsDisconnectedOnly) {
  serve(2, 600);
  world_.take_over();
  world_.hear("node-1");
  world_.commit_all(scale(world_.state, world_.web, 4, world_.clock.wall()));
  EXPECT_EQ(world_.settle(), 0U);
  world_.pass(30s, {"node-2"});
  world_.settle();
  EXPECT_EQ(world_.staying().size(), 4U);
}

TEST_F(NodesTest, MoreTasksThanATransactionHoldsAreLostInSeveral) {
  for (const auto& [name, node] : world_.state.nodes()) world_.hear(name);
  world_.add_node("big", "site-1", 1'000'000, uint64_t{1} << 40);
  model::AppSpec spec = shop(150);
  World::set_lost_after(spec, 10);
  spec.mutable_services()->at("web").mutable_resources()->set_cpu_millis(5'000);
  ASSERT_TRUE(world_.apply(spec));
  world_.run();
  ASSERT_EQ(world_.serving().size(), 150U);
  world_.pass(10s, {"big"});
  world_.settle();
  EXPECT_TRUE(world_.tasks().empty());
  EXPECT_TRUE(world_.state.endpoints().empty());
}

}  // namespace
}  // namespace hancock::master
