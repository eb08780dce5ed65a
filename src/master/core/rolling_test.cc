// Batch by batch, start-first.

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

class RollingTest : public DeployTest {
 protected:
  static model::AppSpec spec(uint32_t replicas, const std::string& image, uint32_t batch = 1) {
    model::AppSpec spec = shop(replicas, image);
    model::UpdateSpec& update = *spec.mutable_services()->at("web").mutable_update();
    update.set_strategy(model::UPDATE_STRATEGY_ROLLING);
    update.set_max_parallel(batch);
    update.set_max_surge(batch);
    return spec;
  }
  void serve_rolling(uint32_t replicas) {
    deploy(spec(replicas, "shop:1"));
    world_.run();
    ASSERT_EQ(world_.serving(1).size(), replicas);
  }
  void make_all_ready(uint32_t version) {
    for (const model::Task& task : world_.staying(version))
      if (task.state() != model::TASK_STATE_READY) world_.make_ready(task.id());
    world_.settle();
  }
  void end_leaving(uint32_t version) {
    world_.acknowledge_all();
    world_.settle();
    for (const model::Task& task : world_.tasks(version))
      if (task.intent() == model::TASK_INTENT_RELEASE) {
        world_.erase(world_.state.keys().endpoint(task.node(), task.id()));
        world_.report(task.id(), model::TASK_STATE_STOPPED);
      }
    world_.settle();
  }
  /// One batch of one: a new one is ready, an old one has left.
  void step() {
    make_all_ready(2);
    end_leaving(1);
  }
};

TEST_F(RollingTest, ABatchStartsBesideTheOldOnesAndAsManyLeaveByABarrier) {
  serve_rolling(4);
  const std::string id = deploy(spec(4, "shop:2", 2));
  EXPECT_EQ(world_.staying(2).size(), 2U);
  EXPECT_EQ(world_.serving(1).size(), 4U);
  EXPECT_EQ(world_.route()->split, all_to(1));
  world_.make_ready(world_.staying(2)[0].id());
  world_.settle();
  EXPECT_EQ(world_.serving(1).size(), 4U) << "half a batch is none";
  make_all_ready(2);
  EXPECT_EQ(world_.route()->split, (Split{{1, 2}, {2, 2}}));
  EXPECT_EQ(world_.serving(1).size(), 2U);
  EXPECT_EQ(world_.tasks(1).size(), 4U) << "they drain";
  EXPECT_EQ(world_.staying(2).size(), 2U) << "the next batch waits for their end";
  EXPECT_EQ(world_.state.barriers().size(), 1U) << "one barrier a batch";
  end_leaving(1);
  EXPECT_EQ(world_.tasks(1).size(), 2U);
  EXPECT_EQ(world_.staying(2).size(), 4U);
  make_all_ready(2);
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH) << "the last batch is the switch";
  EXPECT_EQ(world_.route()->split, all_to(2));
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.serving(2).size(), 4U);
  EXPECT_TRUE(world_.tasks(1).empty());
  EXPECT_TRUE(world_.state.barriers().empty());
}

TEST_F(RollingTest, ThereAreNeverMoreThanSurgeAllowsNorFewerThanServedBefore) {
  serve_rolling(5);
  const std::string id = deploy(spec(5, "shop:2"));
  for (int i = 0; i < 100 && world_.deployment(id).state() == model::DEPLOYMENT_STATE_RUNNING; ++i) {
    EXPECT_LE(world_.tasks().size(), 6U);
    EXPECT_GE(world_.serving().size(), 5U);
    world_.agents_work();
    world_.settle();
    EXPECT_LE(world_.tasks().size(), 6U);
    EXPECT_GE(world_.serving().size(), 5U);
    world_.acknowledge_all();
    world_.settle();
  }
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
}

TEST_F(RollingTest, AFailingBatchGoesBackStartFirstAsWell) {
  serve_rolling(4);
  const std::string id = deploy(spec(4, "shop:2"));
  step();
  step();
  ASSERT_EQ(world_.serving(2).size(), 2U);
  ASSERT_EQ(world_.staying(2).size(), 3U);
  for (const model::Task& task : world_.staying(2))
    if (task.state() != model::TASK_STATE_READY)
      world_.report(task.id(), model::TASK_STATE_FAILED, "exited with code 1 (5 times in 10m)");
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.service().version(), 1U);
  for (int i = 0; i < 100 && !world_.tasks(2).empty(); ++i) {
    EXPECT_GE(world_.serving().size(), 4U);
    EXPECT_LE(world_.tasks().size(), 5U);
    world_.agents_work();
    world_.settle();
    world_.acknowledge_all();
    world_.settle();
  }
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 4U);
  EXPECT_TRUE(world_.tasks(2).empty());
  EXPECT_EQ(world_.route()->split, all_to(1));
  EXPECT_TRUE(world_.state.barriers().empty());
}

TEST_F(RollingTest, ANewerSpecTakesOverWhereTheOlderOneStands) {
  serve_rolling(3);
  const std::string second = deploy(spec(3, "shop:2"));
  step();
  ASSERT_EQ(world_.serving(2).size(), 1U);
  const std::string third = deploy(spec(3, "shop:3"));
  EXPECT_EQ(world_.deployment(second).state(), model::DEPLOYMENT_STATE_SUPERSEDED);
  for (int i = 0; i < 100 && world_.deployment(third).state() == model::DEPLOYMENT_STATE_RUNNING; ++i) {
    EXPECT_GE(world_.serving().size(), 3U);
    EXPECT_LE(world_.tasks().size(), 5U) << "the one that had just started leaves";
    world_.agents_work();
    world_.settle();
    world_.acknowledge_all();
    world_.settle();
  }
  EXPECT_EQ(world_.deployment(third).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  world_.run();
  EXPECT_EQ(world_.serving(3).size(), 3U);
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(RollingTest, AnOwnersRollbackInTheMiddleIsTakenBackTheSameWay) {
  serve_rolling(3);
  deploy(spec(3, "shop:2"));
  step();
  auto back = rollback(world_.state, world_.web, 0, world_.clock.wall(), world_.random);
  ASSERT_TRUE(back);
  for (const Change& change : back->changes) world_.commit(change);
  for (int i = 0; i < 50 && !world_.tasks(2).empty(); ++i) {
    world_.settle();
    EXPECT_GE(world_.serving().size(), 3U);
    world_.agents_work();
    world_.settle();
    world_.acknowledge_all();
  }
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 3U);
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(RollingTest, ARouteThatAGatewayRefusesInTheMiddleTakesItBack) {
  serve_rolling(3);
  const std::string id = deploy(spec(3, "shop:2"));
  make_all_ready(2);
  ASSERT_EQ(world_.route()->split, (Split{{1, 2}, {2, 1}}));
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_NE(world_.deployment(id).message().find("gateway gw-1 refuses"), std::string::npos);
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 3U);
}

TEST_F(RollingTest, TheLastBatchThatIsRefusedLeavesAsManyServing) {
  serve_rolling(3);
  const std::string id = deploy(spec(3, "shop:2"));
  step();
  step();
  make_all_ready(2);
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_GE(world_.serving().size(), 3U);
  for (int i = 0; i < 50 && !world_.tasks(2).empty(); ++i) {
    world_.agents_work();
    world_.settle();
    EXPECT_GE(world_.serving().size(), 3U);
    world_.acknowledge_all();
    world_.settle();
  }
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 3U);
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(RollingTest, PortsOfOtherNamesCannotShareEntrances) {
  serve_rolling(2);
  model::AppSpec other = spec(2, "shop:2");
  other.mutable_services()->at("web").mutable_ports(0)->set_name("web");
  other.mutable_services()->at("web").mutable_routes(0)->set_port("web");
  deploy(other);
  EXPECT_EQ(world_.staying(2).size(), 2U) << "all at once, as blue-green";
  world_.run();
  EXPECT_EQ(world_.serving(2).size(), 2U);
}

TEST_F(RollingTest, WithoutRoutesItRollsAsWell) {
  model::AppSpec before = spec(3, "shop:1");
  before.mutable_services()->at("web").clear_routes();
  deploy(before);
  world_.run();
  model::AppSpec after = spec(3, "shop:2");
  after.mutable_services()->at("web").clear_routes();
  const std::string id = deploy(after);
  EXPECT_EQ(world_.tasks().size(), 4U);
  for (int i = 0; i < 50 && world_.deployment(id).state() == model::DEPLOYMENT_STATE_RUNNING; ++i) {
    EXPECT_LE(world_.tasks().size(), 4U);
    world_.agents_work();
    world_.settle();
  }
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.staying(2).size(), 3U);
}

TEST_F(RollingTest, WhatHasNoRoomInOneChangeKeepsItsVisitorsUntilItLeaves) {
  for (int i = 0; i < 20; ++i) world_.add_node("big-" + std::to_string(i), "site-1", 100'000);
  deploy(spec(150, "shop:1", 100));
  world_.run();
  model::AppSpec next = spec(150, "shop:2", 100);
  deploy(next);
  make_all_ready(2);
  ASSERT_EQ(world_.serving(2).size(), 100U);
  auto back = rollback(world_.state, world_.web, 0, world_.clock.wall(), world_.random);
  ASSERT_TRUE(back);
  for (const Change& change : back->changes) world_.commit(change);
  world_.settle();
  world_.agents_work();
  for (int round = 0; round < 200; ++round) {
    const Plan plan = world_.plan();
    for (const Change& change : plan.changes) world_.commit(change);
    for (const model::Task& task : world_.tasks(2)) {
      const bool was_let_go = task.intent() == model::TASK_INTENT_RELEASE && !task.has_acknowledged_at();
      ASSERT_FALSE(was_let_go) << "no gateway was asked";
    }
    if (plan.changes.empty()) break;
  }
  world_.run();
  EXPECT_EQ(world_.tasks(2).size(), 0U);
  EXPECT_EQ(world_.serving(1).size(), 150U);
}

// auto_rollback: false.

TEST_F(RollingTest, WhatFailsIsLeftAsItIsIfItsOwnerSaysSo) {
  serve_rolling(3);
  model::AppSpec bad = spec(3, "shop:2");
  bad.mutable_services()->at("web").mutable_update()->set_auto_rollback(false);
  const std::string id = deploy(bad);
  step();
  ASSERT_EQ(world_.serving(2).size(), 1U);
  for (const model::Task& task : world_.staying(2))
    if (task.state() != model::TASK_STATE_READY)
      world_.report(task.id(), model::TASK_STATE_FAILED, "exited with code 1 (5 times in 10m)");
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_FAILED);
  EXPECT_EQ(world_.serving(1).size(), 2U);
  EXPECT_EQ(world_.serving(2).size(), 1U);
  EXPECT_EQ(world_.tasks().size(), 3U) << "nothing is started for it any more";
  EXPECT_EQ(world_.route()->split, (Split{{1, 2}, {2, 1}}));
  world_.pass(std::chrono::hours(3));
  world_.run();
  EXPECT_EQ(world_.serving(2).size(), 1U);

  auto back = rollback(world_.state, world_.web, 0, world_.clock.wall(), world_.random);
  ASSERT_TRUE(back) << back.error()[0].message;
  EXPECT_EQ(back->service.version, 1U);
  for (const Change& change : back->changes) world_.commit(change);
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 3U);
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(RollingTest, ANewerSpecEndsWhatIsHeld) {
  serve_rolling(2);
  model::AppSpec bad = spec(2, "shop:2");
  bad.mutable_services()->at("web").mutable_update()->set_auto_rollback(false);
  deploy(bad);
  world_.report(world_.staying(2)[0].id(), model::TASK_STATE_FAILED, "no", true);
  world_.run();
  deploy(spec(2, "shop:3"));
  world_.run();
  EXPECT_EQ(world_.serving(3).size(), 2U);
  EXPECT_EQ(world_.tasks().size(), 2U);
}

TEST_F(RollingTest, IsTakenBackByTheAnswersOfItsFirstBatch) {
  serve_rolling(4);
  model::AppSpec judged = spec(4, "shop:2");
  judged.mutable_services()->at("web").mutable_update()->mutable_evidence();
  const std::string id = deploy(judged);
  make_all_ready(2);
  world_.count_answers("gw-1", {{1, {300, 0, {}}}, {2, {100, 10, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.deployment(id).message(), "5xx 10.0 % of 100 requests, the old Version 0.0 %");
  world_.run();
  EXPECT_EQ(world_.route()->split, all_to(1));
  EXPECT_EQ(world_.serving(1).size(), 4U) << "as many as there were";
}

}  // namespace
}  // namespace hancock::master
