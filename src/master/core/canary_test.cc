// A few new ones first, and more when they have done well.

#include <algorithm>

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

class CanaryTest : public DeployTest {
 protected:
  static model::AppSpec spec(uint32_t replicas, const std::string& image) {
    model::AppSpec spec = shop(replicas, image);
    spec.mutable_services()->at("web").mutable_update()->set_strategy(model::UPDATE_STRATEGY_CANARY);
    return spec;
  }
  static model::UpdateSpec& update(model::AppSpec& spec) {
    return *spec.mutable_services()->at("web").mutable_update();
  }
  void owner_promotes() {
    auto outcome = promote(world_.state, world_.web, world_.clock.wall());
    ASSERT_TRUE(outcome) << outcome.error()[0].message;
    for (const Change& change : outcome->changes) ASSERT_TRUE(world_.commit(change));
    world_.settle();
  }
  void ready_all(uint32_t version) {
    for (const model::Task& task : world_.staying(version))
      if (task.state() != model::TASK_STATE_READY) world_.make_ready(task.id());
    world_.settle();
  }
};

TEST_F(CanaryTest, ServesBesideAllOldOnesUntilItsOwnerPromotesIt) {
  serve(4);
  const std::string id = deploy(spec(4, "shop:2"));
  EXPECT_EQ(world_.staying(2).size(), 1U);
  EXPECT_EQ(world_.route()->split, all_to(1));
  ready_all(2);
  EXPECT_EQ(world_.route()->split, (Split{{1, 4}, {2, 1}})) << "as many as it is";
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_RUNNING);
  world_.pass(1min);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_PAUSED);
  EXPECT_EQ(world_.deployment(id).message(), "the canary waits for its promotion");
  world_.pass(20min);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_PAUSED)
      << "waiting is no lack of progress";
  owner_promotes();
  EXPECT_TRUE(world_.has_event("deployment.promoted"));
  EXPECT_EQ(world_.staying(2).size(), 4U);
  EXPECT_EQ(world_.serving(1).size(), 4U);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.serving(2).size(), 4U);
  EXPECT_EQ(world_.route()->split, all_to(2));
}

TEST_F(CanaryTest, WeightsGoUpStepByStepAndTasksBeforeThem) {
  serve(10);
  model::AppSpec next = spec(10, "shop:2");
  update(next).add_weights(10);
  update(next).add_weights(50);
  update(next).mutable_step()->set_seconds(30);
  update(next).set_auto_promote(true);
  const std::string id = deploy(next);
  EXPECT_EQ(world_.staying(2).size(), 1U);
  ready_all(2);
  EXPECT_EQ(world_.route()->split, (Split{{1, 90}, {2, 10}}));
  world_.pass(30s);
  world_.settle();
  EXPECT_EQ(world_.staying(2).size(), 5U);
  EXPECT_EQ(world_.route()->split, (Split{{1, 90}, {2, 10}})) << "more visitors come to more Tasks";
  ready_all(2);
  EXPECT_EQ(world_.route()->split, (Split{{1, 50}, {2, 50}}));
  world_.pass(30s);
  world_.settle();
  EXPECT_TRUE(world_.deployment(id).promoted());
  EXPECT_EQ(world_.staying(2).size(), 10U);
  EXPECT_EQ(world_.route()->split, (Split{{1, 50}, {2, 50}}));
  EXPECT_EQ(world_.serving(1).size(), 10U);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.tasks().size(), 10U);
}

TEST_F(CanaryTest, AFailureTakesItsVisitorsAwayByABarrierAndNothingElse) {
  serve(3);
  const std::string id = deploy(spec(3, "shop:2"));
  ready_all(2);
  const std::string canary = world_.staying(2)[0].id();
  world_.report(canary, model::TASK_STATE_RUNNING, "crashed", true);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.route()->split, all_to(1));
  ASSERT_EQ(world_.tasks(2).size(), 1U);
  EXPECT_EQ(world_.tasks(2)[0].intent(), model::TASK_INTENT_DRAIN);
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 3U);
  EXPECT_EQ(world_.serving(1).size(), 3U);
}

TEST_F(CanaryTest, OneThatNobodyPromotesEndsAtTheDeadline) {
  serve(2);
  const std::string id = deploy(spec(2, "shop:2"));
  ready_all(2);
  world_.pass(1min);
  world_.settle();
  world_.pass(std::chrono::hours(1));
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_NE(world_.deployment(id).message().find("not done within 1h"), std::string::npos);
  world_.run();
  EXPECT_EQ(world_.tasks().size(), 2U);
}

TEST_F(CanaryTest, OfOneTaskWaitsForItsPromotionToo) {
  serve(1);
  const std::string id = deploy(spec(1, "shop:2"));
  ready_all(2);
  EXPECT_EQ(world_.route()->split, (Split{{1, 1}, {2, 1}}));
  EXPECT_EQ(world_.service().version(), 1U);
  owner_promotes();
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
}

TEST_F(CanaryTest, PromotedBeforeItIsReadyItIsBlueGreen) {
  serve(2);
  deploy(spec(2, "shop:2"));
  owner_promotes();
  EXPECT_EQ(world_.staying(2).size(), 2U);
  EXPECT_EQ(world_.route()->split, all_to(1));
  world_.run();
  EXPECT_EQ(world_.serving(2).size(), 2U);
}

TEST_F(CanaryTest, ThereIsNothingToPromoteElsewhere) {
  serve(1);
  EXPECT_FALSE(promote(world_.state, world_.web, world_.clock.wall()));
  deploy(shop(1, "shop:2"));
  EXPECT_FALSE(promote(world_.state, world_.web, world_.clock.wall()));
}

TEST_F(CanaryTest, AnOwnersRollbackEndsIt) {
  serve(2);
  const std::string id = deploy(spec(2, "shop:2"));
  ready_all(2);
  auto back = rollback(world_.state, world_.web, 0, world_.clock.wall(), world_.random);
  ASSERT_TRUE(back);
  for (const Change& change : back->changes) world_.commit(change);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.tasks().size(), 2U);
  EXPECT_EQ(world_.route()->split, all_to(1));
}

TEST_F(CanaryTest, IsTakenBackByTheAnswersThatItsVisitorsGet) {
  serve(4);
  model::AppSpec judged = spec(4, "shop:2");
  update(judged).mutable_evidence();
  const std::string id = deploy(judged);
  ready_all(2);
  ASSERT_EQ(world_.route()->split, (Split{{1, 4}, {2, 1}}));
  world_.count_answers("gw-1", {{1, {800, 1, {}}}, {2, {200, 0, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_RUNNING);
  world_.count_answers("gw-2", {{1, {800, 0, {}}}, {2, {200, 42, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.deployment(id).message(), "5xx 10.5 % of 400 requests, the old Version 0.1 %");
  EXPECT_TRUE(std::ranges::any_of(world_.events, [](const model::Event& event) {
    return event.kind() == "deployment.rolled_back" && event.cause() == "evidence";
  }));
  world_.run();
  EXPECT_EQ(world_.route()->split, all_to(1));
  EXPECT_EQ(world_.serving(1).size(), 4U);
  EXPECT_TRUE(world_.staying(2).empty());
}

TEST_F(CanaryTest, OfWhichNobodyIsToTakeItBackIsHeldWithTheReason) {
  serve(2);
  model::AppSpec next = spec(2, "shop:2");
  update(next).set_auto_rollback(false);
  update(next).mutable_evidence();
  const std::string id = deploy(next);
  ready_all(2);
  world_.count_answers("gw-1", {{1, {800, 1, {}}}, {2, {200, 200, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_FAILED);
  EXPECT_EQ(world_.route()->split, (Split{{1, 2}, {2, 1}}));
}

TEST_F(CanaryTest, IsNotJudgedWhereItsSpecDoesNotAskForIt) {
  serve(4);
  const std::string id = deploy(spec(4, "shop:2"));
  ready_all(2);
  world_.count_answers("gw-1", {{1, {800, 1, {}}}, {2, {200, 200, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_RUNNING);
}

TEST_F(CanaryTest, ThatWaitsForItsPromotionIsStillJudged) {
  serve(4);
  model::AppSpec judged = spec(4, "shop:2");
  update(judged).mutable_evidence();
  const std::string id = deploy(judged);
  ready_all(2);
  world_.pass(1min);
  world_.settle();
  ASSERT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_PAUSED);
  world_.count_answers("gw-1", {{1, {800, 1, {}}}, {2, {200, 42, {}}}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
}

}  // namespace
}  // namespace hancock::master
