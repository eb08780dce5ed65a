// What cannot run twice: the old ones end before the new ones start.

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

class RecreateTest : public DeployTest {
 protected:
  static model::AppSpec spec(uint32_t replicas, const std::string& image) {
    model::AppSpec spec = shop(replicas, image);
    spec.mutable_services()->at("web").mutable_update()->set_strategy(model::UPDATE_STRATEGY_RECREATE);
    return spec;
  }
  void serve_alone(uint32_t replicas) {
    deploy(spec(replicas, "shop:1"));
    world_.run();
    ASSERT_EQ(world_.serving(1).size(), replicas);
  }
};

TEST_F(RecreateTest, TheNewOnesStartWhenTheLastOldOneHasEnded) {
  serve_alone(2);
  const std::string id = deploy(spec(2, "shop:2"));
  EXPECT_TRUE(world_.tasks(2).empty());
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), model::TASK_INTENT_DRAIN);
  world_.acknowledge("gw-1");
  world_.settle();
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), model::TASK_INTENT_DRAIN);
  world_.acknowledge("gw-2");
  world_.settle();
  const auto old = world_.tasks(1);
  ASSERT_EQ(old.size(), 2U);
  world_.report(old[0].id(), model::TASK_STATE_STOPPED);
  world_.settle();
  EXPECT_TRUE(world_.tasks(2).empty()) << "one is still there";
  world_.report(old[1].id(), model::TASK_STATE_STOPPED);
  world_.settle();
  EXPECT_EQ(world_.tasks(2).size(), 2U);
  EXPECT_EQ(world_.route()->split, all_to(1)) << "until they are ready";
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.route()->split, all_to(2));
}

TEST_F(RecreateTest, AFailureBringsTheOldOnesBackWhenTheNewOnesHaveEnded) {
  serve_alone(2);
  const std::string id = deploy(spec(2, "shop:2"));
  world_.acknowledge_all();
  world_.settle();
  for (const model::Task& task : world_.tasks(1)) world_.report(task.id(), model::TASK_STATE_STOPPED);
  world_.settle();
  const auto fresh = world_.tasks(2);
  ASSERT_EQ(fresh.size(), 2U);
  world_.report(fresh[0].id(), model::TASK_STATE_FAILED, "no such image", true);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_TRUE(world_.tasks(1).empty()) << "the other new one runs still";
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 2U);
  EXPECT_TRUE(world_.tasks(2).empty());
}

TEST_F(RecreateTest, ATaskThatNeverEndsHoldsItUntilItsDeadlineOnly) {
  serve_alone(1);
  const std::string id = deploy(spec(1, "shop:2"));
  world_.acknowledge_all();
  world_.settle();
  world_.pass(std::chrono::hours(1));
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.tasks().size(), 1U) << "nothing runs beside it";
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 1U);
}

TEST_F(RecreateTest, ANewVersionThatCouldStillWaitsForAnOldOneThatCannot) {
  serve_alone(1);
  deploy(shop(1, "shop:2"));
  EXPECT_TRUE(world_.tasks(2).empty());
  world_.run();
  EXPECT_EQ(world_.serving(2).size(), 1U);
}

TEST_F(RecreateTest, AStoppedServiceThatEndsAtOnceWaitsToo) {
  serve_alone(1);
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  ASSERT_EQ(world_.tasks(1).size(), 1U);
  deploy(spec(1, "shop:2"));
  EXPECT_TRUE(world_.tasks(2).empty());
  world_.run();
  EXPECT_EQ(world_.serving(2).size(), 1U);
}

TEST_F(RecreateTest, ARollbackIsARecreationToo) {
  serve_alone(1);
  deploy(spec(1, "shop:2"));
  world_.run();
  auto back = rollback(world_.state, world_.web, 1, world_.clock.wall(), world_.random);
  ASSERT_TRUE(back);
  for (const Change& change : back->changes) world_.commit(change);
  world_.settle();
  EXPECT_TRUE(world_.tasks(1).empty());
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 1U);
}

}  // namespace
}  // namespace hancock::master
