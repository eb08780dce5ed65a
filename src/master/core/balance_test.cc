#include "master/core/balance.h"

#include <gtest/gtest.h>

#include "master/core/backoff.h"
#include "master/core/world.h"
#include "model/time.h"

namespace hancock::master {
namespace {

class BalanceTest : public testing::Test {
 protected:
  BalanceTest() {
    world_.add_node("node-1");
    world_.add_node("node-2");
    world_.add_gateway("gw-1");
  }

  void serve(uint32_t replicas) {
    ASSERT_TRUE(world_.apply(shop(replicas)));
    world_.run();
  }

  World world_;
};

TEST_F(BalanceTest, WithoutAnythingChangedThereIsNothingToDo) {
  serve(3);
  EXPECT_TRUE(world_.plan().changes.empty());
  EXPECT_TRUE(world_.plan().waiting.empty());
}

TEST_F(BalanceTest, APlanThatIsMadeTwiceHappensOnce) {
  serve(1);
  world_.commit_all(scale(world_.state, world_.web, 3, world_.clock.wall()));
  Plan first = world_.plan();
  Plan second = world_.plan();  // its State has not caught up with the first one
  for (const Change& change : first.changes) EXPECT_TRUE(world_.commit(change));
  for (const Change& change : first.changes) EXPECT_FALSE(world_.commit(change));
  for (const Change& change : second.changes) EXPECT_FALSE(world_.commit(change));
  EXPECT_EQ(world_.staying().size(), 3U);
}

TEST_F(BalanceTest, AFailedTaskIsReplacedAfterABackOffOnAnotherNode) {
  serve(1);
  model::Task failed = world_.tasks()[0];
  world_.report(failed.id(), model::TASK_STATE_FAILED, "exited with code 1 (5 times in 10m)", true);
  world_.settle();
  EXPECT_TRUE(world_.staying().empty());
  EXPECT_TRUE(world_.state.endpoints().empty()) << "nobody is behind it any more";
  world_.pass(29s);
  world_.settle();
  EXPECT_TRUE(world_.staying().empty());
  EXPECT_EQ(world_.plan().next, world_.clock.now() + 1s);
  world_.pass(1s);
  world_.settle();
  ASSERT_EQ(world_.staying().size(), 1U);
  EXPECT_NE(world_.staying()[0].node(), failed.node());
  EXPECT_EQ(world_.staying()[0].attempt(), 1U);
}

TEST_F(BalanceTest, AWallClockThatIsAheadEndsNoBackOffEarly) {
  serve(1);
  world_.report(world_.tasks()[0].id(), model::TASK_STATE_FAILED, "exited with code 1 (5 times in 10m)",
                true);
  world_.settle();
  world_.take_over(1h);
  world_.pass(1s);
  world_.settle();
  EXPECT_TRUE(world_.staying().empty());
  world_.pass(28s);
  world_.settle();
  EXPECT_TRUE(world_.staying().empty());
  world_.pass(1s);
  world_.settle();
  EXPECT_EQ(world_.staying().size(), 1U);
}

TEST_F(BalanceTest, TheBackOffDoublesUpToAnHour) {
  model::Task failed;
  failed.set_state(model::TASK_STATE_FAILED);
  *failed.mutable_ended_at() = model::to_proto(world_.clock.wall());
  auto delay = [&](uint32_t attempt) {
    failed.set_attempt(attempt);
    return replace_at(failed, world_.time()) - world_.clock.wall();
  };
  EXPECT_EQ(delay(0), 30s);
  EXPECT_EQ(delay(1), 60s);
  EXPECT_EQ(delay(6), 1920s);
  EXPECT_EQ(delay(7), 1h);
  EXPECT_EQ(delay(4'000'000), 1h);
  *failed.mutable_ready_at() = model::to_proto(world_.clock.wall() - 10min);
  EXPECT_EQ(delay(7), 30s) << "it ran well for long";
}

TEST_F(BalanceTest, ATaskThatItsAgentGaveUpIsLetGoAndReplacedAfterTheBackOff) {
  serve(1);
  model::Task task = world_.tasks()[0];
  world_.report(task.id(), model::TASK_STATE_STARTING, "image shop:1: not found", true);
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
  world_.pass(30s);
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
}

TEST_F(BalanceTest, OneThatFailsDoesNotHoldBackTheOthers) {
  serve(3);
  world_.report(world_.tasks()[0].id(), model::TASK_STATE_FAILED, "no");
  world_.commit_all(scale(world_.state, world_.web, 5, world_.clock.wall()));
  world_.settle();
  EXPECT_EQ(world_.staying().size(), 4U);
}

TEST_F(BalanceTest, SurplusTasksThatAreNotReadyGoFirst) {
  serve(2);
  world_.commit_all(scale(world_.state, world_.web, 4, world_.clock.wall()));
  world_.settle();
  world_.commit_all(scale(world_.state, world_.web, 2, world_.clock.wall()));
  world_.settle();
  EXPECT_EQ(world_.serving().size(), 2U);
}

TEST_F(BalanceTest, WhatHasNoRoomIsSaidAndPlacedWhenThereIs) {
  model::AppSpec spec = shop(3);
  spec.mutable_services()->at("web").mutable_placement()->set_max_per_node(1);
  ASSERT_TRUE(world_.apply(spec));
  world_.run();
  EXPECT_EQ(world_.plan().waiting.at(world_.web),
            "2 of 3 Tasks of version 1 placed; 2 nodes: 2 with max_per_node (1) reached");
  world_.add_node("node-3");
  world_.run();
  EXPECT_EQ(world_.serving().size(), 3U);
}

TEST_F(BalanceTest, ManyTasksTakeSeveralRounds) {
  world_.add_node("big", "site-1", 1'000'000, uint64_t{1} << 40);
  serve(300);
  EXPECT_EQ(world_.serving().size(), 300U);
  world_.commit_all(scale(world_.state, world_.web, 0, world_.clock.wall()));
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
}

TEST_F(BalanceTest, EndedTasksAreKeptTwentyOfAndForADay) {
  serve(1);
  for (int i = 0; i < 30; ++i) {
    world_.report(world_.tasks()[0].id(), model::TASK_STATE_FAILED, "no");
    world_.settle();
    world_.pass(1h);
    world_.run();
    ASSERT_EQ(world_.serving().size(), 1U);
  }
  EXPECT_EQ(world_.state.tasks().size(), 21U);
  world_.pass(24h);
  world_.run();
  EXPECT_EQ(world_.state.tasks().size(), 1U);
}

TEST_F(BalanceTest, OldVersionsAndDeploymentsGo) {
  for (int i = 1; i <= 15; ++i) {
    model::AppSpec spec = shop(1, "shop:" + std::to_string(i));
    spec.mutable_services()->at("web").mutable_update()->set_keep_versions(3);
    ASSERT_TRUE(world_.apply(spec));
    world_.run();
  }
  EXPECT_EQ(world_.state.versions().size(), 3U);
  EXPECT_EQ(world_.state.versions().rbegin()->first.number, 15U);
  EXPECT_EQ(world_.state.deployments().size(), 10U);
}

TEST_F(BalanceTest, APoisonedVersionFreezesItsServiceAndNoOther) {
  model::AppSpec two = shop(1);
  (*two.mutable_services())["db"] = two.services().at("web");
  (*two.mutable_services())["db"].mutable_routes(0)->set_hosts(0, "db.test");
  ASSERT_TRUE(world_.apply(two));
  world_.run();
  world_.put(world_.state.state_keys().version({world_.web, 1}), "\xff poison");
  world_.commit_all(scale(world_.state, world_.web, 3, world_.clock.wall()));
  world_.commit_all(scale(world_.state, {"default", "shop", "db"}, 2, world_.clock.wall()));
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 3U);
  EXPECT_EQ(world_.state.claims().size(), 2U);
}

}  // namespace
}  // namespace hancock::master
