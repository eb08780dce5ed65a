// How a Deployment fails, and that visitors notice nothing of it.

#include "master/core/deploy_testing.h"
#include "master/core/timing.h"

namespace hancock::master {
namespace {

using model::TASK_INTENT_DRAIN;
using model::TASK_INTENT_RELEASE;
using model::TASK_INTENT_RUN;

class DeployFailureTest : public DeployTest {};

TEST_F(DeployFailureTest, AHopelessTaskFailsItWithTheAgentsReason) {
  serve(2);
  std::string id = deploy(shop(2, "127.0.0.1:5000/x:1"));
  model::Task task = world_.staying(2)[0];
  world_.report(task.id(), model::TASK_STATE_FAILED, "image 127.0.0.1:5000/x:1: not found", true);
  world_.settle();
  model::Deployment deployment = world_.deployment(id);
  EXPECT_EQ(deployment.state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(deployment.message(),
            "task " + task.id() + " on " + task.node() + ": image 127.0.0.1:5000/x:1: not found");
  EXPECT_TRUE(world_.has_event("deployment.rolled_back"));
  EXPECT_EQ(world_.service().version(), 1U);
  EXPECT_EQ(world_.service().deployment(), "");
  for (const model::Task& each : world_.tasks(2)) EXPECT_EQ(each.intent(), TASK_INTENT_RELEASE);
  world_.run();
  EXPECT_TRUE(world_.tasks(2).empty());
  EXPECT_EQ(world_.serving(1).size(), 2U);
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{1, 100}}));
}

TEST_F(DeployFailureTest, AFirstDeploymentThatFailsLeavesNothingRunningAndFreesItsEntrances) {
  std::string id = deploy(shop(2));
  world_.report(world_.staying(1)[0].id(), model::TASK_STATE_FAILED, "exited with code 127 (5 times in 10m)");
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_FAILED);
  EXPECT_TRUE(world_.has_event("deployment.failed"));
  EXPECT_TRUE(world_.tasks().empty());
  EXPECT_TRUE(world_.state.claims().empty());
  EXPECT_EQ(world_.service().version(), 0U);
}

TEST_F(DeployFailureTest, TheVersionThatServesKeepsItsNumberOfTasksUntilTheSwitch) {
  serve(3);
  std::string id = deploy(shop(1, "shop:2"));
  EXPECT_EQ(world_.serving(1).size(), 3U);
  EXPECT_EQ(world_.staying(2).size(), 1U);
  world_.report(world_.staying(2)[0].id(), model::TASK_STATE_FAILED, "no", true);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.service().replicas(), 3U);
  EXPECT_EQ(world_.serving(1).size(), 3U);

  deploy(shop(1, "shop:3"));
  world_.run();
  EXPECT_EQ(world_.service().replicas(), 1U);
  EXPECT_EQ(world_.serving(3).size(), 1U);
}

TEST_F(DeployFailureTest, ASwitchThatIsTakenBackGivesTheOldVersionItsNumberBack) {
  serve(3);
  std::string id = deploy(shop(2, "shop:2"));
  for (const model::Task& task : world_.staying(2)) world_.make_ready(task.id());
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  EXPECT_EQ(world_.service().replicas(), 2U);
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.service().replicas(), 3U);
  EXPECT_EQ(world_.serving(1).size(), 3U);
}

TEST_F(DeployFailureTest, ASwitchThatIsTakenBackGivesNoneBackWhereNoneWereWanted) {
  serve(0);
  std::string id = deploy(shop(2, "shop:2"));
  for (const model::Task& task : world_.staying(2)) world_.make_ready(task.id());
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  world_.pass(std::chrono::hours(1));
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.service().replicas(), 0U);
}

TEST_F(DeployFailureTest, ASwitchOfALeaderThatDidNotKeepTheNumberBeforeStopsNobodyWhenItIsTakenBack) {
  serve(3);
  std::string id = deploy(shop(2, "shop:2"));
  for (const model::Task& task : world_.staying(2)) world_.make_ready(task.id());
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  model::Deployment older = world_.deployment(id);
  older.clear_replicas_before();
  world_.put(world_.state.state_keys().deployment(id), older.SerializeAsString());
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.service().replicas(), 2U);
  EXPECT_EQ(world_.serving(1).size(), 2U);
}

TEST_F(DeployFailureTest, AnOwnersNumberHoldsWhateverBecomesOfTheDeployment) {
  serve(3);
  deploy(shop(2, "shop:2"));
  world_.commit_all(scale(world_.state, world_.web, 4, world_.clock.wall()));
  world_.report(world_.staying(2)[0].id(), model::TASK_STATE_FAILED, "no", true);
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 4U);
}

TEST_F(DeployFailureTest, TheSameSpecAgainAfterAFailureIsAnotherAttempt) {
  std::string id = deploy(shop(1));
  world_.report(world_.staying(1)[0].id(), model::TASK_STATE_FAILED, "no");
  world_.run();
  std::string again = deploy(shop(1));
  EXPECT_NE(again, "");
  EXPECT_NE(again, id);
  EXPECT_EQ(world_.deployment(again).to_version(), 1U);
  world_.run();
  EXPECT_EQ(world_.deployment(again).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.state.claims().size(), 1U);
}

TEST_F(DeployFailureTest, ATaskThatIsNotReadyByTheHealthyDeadlineFailsIt) {
  serve(1);
  model::AppSpec spec = shop(1, "shop:2");
  spec.mutable_services()->at("web").mutable_update()->mutable_healthy_deadline()->set_seconds(60);
  std::string id = deploy(spec);
  world_.report(world_.staying(2)[0].id(), model::TASK_STATE_RUNNING,
                "ready probe: http GET / on port 8080: connection refused");
  world_.settle();
  EXPECT_EQ(world_.plan().next, world_.clock.now() + kLostAfterMin);
  world_.pass(59s);
  world_.settle();
  EXPECT_EQ(world_.plan().next, world_.clock.now() + 1s);
  world_.pass(1s);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_NE(world_.deployment(id).message().find("not ready within 1m: task web-2-"), std::string::npos)
      << world_.deployment(id).message();
  EXPECT_NE(world_.deployment(id).message().find("connection refused"), std::string::npos);
}

TEST_F(DeployFailureTest, WhatCannotBePlacedIsShownAndFailsAtTheProgressDeadline) {
  serve(1);
  model::AppSpec spec = shop(1, "shop:2");
  auto& web = spec.mutable_services()->at("web");
  web.mutable_resources()->set_memory_bytes(uint64_t{64} << 30);
  web.mutable_update()->mutable_progress_deadline()->set_seconds(120);
  std::string id = deploy(spec);
  const std::string shown = "0 of 1 Tasks of version 2 placed; 3 nodes: 3 lack memory (want 64Gi, free 4Gi)";
  EXPECT_EQ(world_.deployment(id).message(), shown);
  EXPECT_EQ(world_.plan().waiting.at(world_.web), shown);
  world_.pass(120s);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.deployment(id).message(), "no progress within 2m: 0 of 1 Tasks are ready; " + shown);
}

TEST_F(DeployFailureTest, ALeaderWhoseClockIsAheadLetsItHaveItsTime) {
  serve(1);
  const std::string starting = deploy(shop(1, "shop:2"));
  world_.take_over(std::chrono::hours(1));
  for (const char* node : {"node-1", "node-2", "node-3"}) world_.hear(node);
  world_.settle();
  EXPECT_EQ(world_.deployment(starting).state(), model::DEPLOYMENT_STATE_RUNNING);

  world_.agents_work();
  world_.settle();
  ASSERT_EQ(phase(starting), model::DEPLOYMENT_PHASE_SWITCH);
  world_.take_over(std::chrono::hours(1));
  for (const char* node : {"node-1", "node-2", "node-3"}) world_.hear(node);
  world_.settle();
  EXPECT_EQ(world_.deployment(starting).state(), model::DEPLOYMENT_STATE_RUNNING);
  world_.run();
  EXPECT_EQ(world_.deployment(starting).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
}

TEST_F(DeployFailureTest, ARefusedRouteFlipsBackAndTheOldOnesServeOn) {
  serve(2);
  std::string id = deploy(shop(2, "shop:2"));
  world_.agents_work();
  world_.settle();
  ASSERT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{2, 100}}));
  const std::string route = world_.state.keys().route("default", "shop", "web");
  world_.acknowledge("gw-1");
  world_.acknowledge("gw-2", {{route, "balance: \"magic\": not known"}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.deployment(id).message(),
            "gateway gw-2 refuses " + route + ": balance: \"magic\": not known");
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{1, 100}}));
  EXPECT_EQ(world_.service().version(), 1U);
  EXPECT_EQ(world_.serving(1).size(), 2U);
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), TASK_INTENT_RUN);
  for (const model::Task& task : world_.tasks(2)) EXPECT_EQ(task.intent(), TASK_INTENT_DRAIN);
  world_.run();
  EXPECT_TRUE(world_.tasks(2).empty());
  EXPECT_EQ(world_.serving(1).size(), 2U);
}

TEST_F(DeployFailureTest, ARefusedRouteLeadsNobodyBackToWhereNobodyServes) {
  serve(1);
  const model::Task old = world_.tasks(1)[0];
  std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  world_.erase(world_.state.keys().endpoint(old.node(), old.id()));
  world_.acknowledge("gw-1");
  world_.acknowledge("gw-2", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_RUNNING);
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{2, 100}}));
  EXPECT_EQ(world_.plan().waiting.at(world_.web), world_.deployment(id).message());
  EXPECT_NE(world_.deployment(id).message().find("gateway gw-2 refuses"), std::string::npos);
  world_.put_endpoint(old);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK)
      << "somebody serves there again";
}

TEST_F(DeployFailureTest, AFirstDeploymentThatIsRefusedTakesItsRouteAwayAgain) {
  std::string id = deploy(shop(1));
  world_.agents_work();
  world_.settle();
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_FAILED);
  EXPECT_EQ(world_.route(), nullptr);
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
  EXPECT_TRUE(world_.state.claims().empty());
}

TEST_F(DeployFailureTest, AnOldRefusalIsNoAnswerToTheNewSwitch) {
  serve(1);
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "of before"}});
  std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_RUNNING);
}

TEST_F(DeployFailureTest, AGatewayThatNeverFollowsHoldsItUntilTheDeadlineOnly) {
  serve(1);
  std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  world_.acknowledge("gw-1");
  world_.pass(std::chrono::hours(1));
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.deployment(id).message(), "not done within 1h: gateway gw-2 has not applied it yet");
  EXPECT_EQ(world_.serving(1).size(), 1U);
}

TEST_F(DeployFailureTest, SwitchesWithMoreTasksThanATransactionHolds) {
  for (int i = 0; i < 20; ++i) world_.add_node("big-" + std::to_string(i), "site-1", 100'000);
  serve(150);
  std::string id = deploy(shop(150, "shop:2"));
  world_.agents_work();
  world_.settle();
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{2, 100}}));
  for (const model::Task& task : world_.tasks(1)) {
    EXPECT_EQ(task.intent(), TASK_INTENT_DRAIN);
    EXPECT_EQ(task.barrier(), world_.deployment(id).barrier());
  }
  world_.acknowledge("gw-1", {{world_.state.keys().route("default", "shop", "web"), "no"}});
  world_.settle();
  EXPECT_EQ(world_.service().version(), 1U);
  EXPECT_EQ(world_.serving(1).size(), 150U) << "also those that had no room in the Change back";
  EXPECT_EQ(world_.tasks(2).size(), 150U);
  for (const model::Task& task : world_.tasks(2)) EXPECT_EQ(task.intent(), TASK_INTENT_DRAIN);
  world_.run();
  EXPECT_TRUE(world_.tasks(2).empty());
  EXPECT_EQ(world_.tasks(1).size(), 150U);
}

TEST_F(DeployFailureTest, AStoppedServiceWhoseNewVersionFailsStaysStopped) {
  serve(2);
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.run();
  deploy(shop(2, "shop:2"));
  EXPECT_TRUE(world_.tasks(1).empty()) << "the old Version need not start for the new one to";
  world_.report(world_.staying(2)[0].id(), model::TASK_STATE_FAILED, "no");
  world_.run();
  EXPECT_TRUE(world_.service().stopped());
  EXPECT_TRUE(world_.tasks().empty());
}

TEST_F(DeployFailureTest, AVersionWhoseRecordIsPoisonEndsItAndNothingElse) {
  serve(1);
  std::string id = deploy(shop(1, "shop:2"));
  world_.put(world_.state.state_keys().version({world_.web, 2}), "\xff poison");
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  EXPECT_EQ(world_.serving(1).size(), 1U);
}

}  // namespace
}  // namespace hancock::master
