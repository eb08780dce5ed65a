#include "master/core/deploy.h"

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

using model::TASK_INTENT_DRAIN;
using model::TASK_INTENT_RELEASE;

TEST_F(DeployTest, TheFirstDeploymentEndsWhenEveryGatewayServesIt) {
  std::string id = deploy(shop(3));
  EXPECT_EQ(world_.staying(1).size(), 3U);
  EXPECT_EQ(world_.route(), nullptr) << "nothing is routed to Tasks that are not ready";
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_PULL);
  world_.agents_work();
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  ASSERT_NE(world_.route(), nullptr);
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{1, 100}}));
  world_.acknowledge("gw-1");
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  EXPECT_EQ(world_.deployment(id).message(), "gateway gw-2 has not applied it yet");
  world_.acknowledge("gw-2");
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.service().version(), 1U);
  EXPECT_TRUE(world_.state.barriers().empty());
}

TEST_F(DeployTest, AServiceWithoutEntrancesIsSwitchedToo) {
  model::AppSpec spec = shop(2);
  for (auto& [name, service] : *spec.mutable_services()) service.clear_routes();
  const std::string id = deploy(spec);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.service().version(), 1U);
  EXPECT_EQ(world_.staying(1).size(), 2U);
}

TEST_F(DeployTest, PhasesFollowTheTaskThatIsFurthestBehind) {
  std::string id = deploy(shop(2));
  auto tasks = world_.staying(1);
  world_.report(tasks[0].id(), model::TASK_STATE_RUNNING);
  world_.report(tasks[1].id(), model::TASK_STATE_PULLING, "pulling shop:1");
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_PULL);
  EXPECT_NE(world_.deployment(id).message().find("pulling shop:1"), std::string::npos);
  world_.report(tasks[1].id(), model::TASK_STATE_STARTING);
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_START);
  world_.report(tasks[1].id(), model::TASK_STATE_RUNNING);
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_READY);
}

TEST_F(DeployTest, TheOldOnesServeUntilAllNewOnesAreReadyAndRegistered) {
  serve(2);
  std::string id = deploy(shop(2, "shop:2"));
  EXPECT_EQ(world_.serving(1).size(), 2U);
  auto fresh = world_.staying(2);
  ASSERT_EQ(fresh.size(), 2U);
  world_.make_ready(fresh[0].id());
  world_.report(fresh[1].id(), model::TASK_STATE_READY);
  world_.settle();
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{1, 100}}))
      << "one is ready but stands in no Registry yet";
  EXPECT_EQ(world_.deployment(id).ready(), 1U);
  world_.put_endpoint(fresh[1]);
  world_.settle();
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{2, 100}}));
}

TEST_F(DeployTest, TheSwitchIsOneChangeAndNothingIsReleasedBeforeTheAcknowledgement) {
  serve(2);
  const int64_t generation = world_.route()->generation;
  std::string id = deploy(shop(2, "shop:2"));
  world_.agents_work();
  Plan plan = world_.plan();
  ASSERT_EQ(plan.changes.size(), 1U);
  ASSERT_TRUE(world_.commit(plan.changes[0]));
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{2, 100}}));
  EXPECT_EQ(world_.route()->generation, generation + 1);
  EXPECT_EQ(world_.service().version(), 2U);
  const std::string barrier = world_.deployment(id).barrier();
  EXPECT_EQ(world_.state.barriers().at(barrier).value.tasks.size(), 2U);
  for (const model::Task& task : world_.tasks(1)) {
    EXPECT_EQ(task.intent(), TASK_INTENT_DRAIN);
    EXPECT_EQ(task.barrier(), barrier);
    EXPECT_EQ(world_.state.endpoints().at({task.node(), task.id()}).value.state,
              registry::EndpointState::kDraining);
  }
  world_.acknowledge("gw-1");
  world_.settle();
  world_.pass(std::chrono::minutes(5));
  world_.settle();
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), TASK_INTENT_DRAIN);
  world_.acknowledge("gw-2");
  world_.settle();
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), TASK_INTENT_RELEASE);
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_STOP);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_TRUE(world_.tasks(1).empty());
  EXPECT_TRUE(world_.state.barriers().empty());
}

TEST_F(DeployTest, MembersOfRegistryRecordsThatWeDoNotKnowSurviveTheSwitch) {
  serve(1);
  const std::string task = world_.tasks(1)[0].id();
  const std::string key = world_.state.keys().endpoint(world_.tasks(1)[0].node(), task);
  std::string text = world_.store.items().at(key).value;
  text.insert(1, "\"zone\":\"z1\",");
  world_.put(key, text);
  deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  EXPECT_NE(world_.store.items().at(key).value.find("\"zone\""), std::string::npos);
  EXPECT_NE(world_.store.items().at(key).value.find("draining"), std::string::npos);
}

TEST_F(DeployTest, AServiceWithoutRoutesAsksNoGateway) {
  model::AppSpec spec = shop(2);
  spec.mutable_services()->at("web").clear_routes();
  std::string id = deploy(spec);
  for (const model::Task& task : world_.staying()) world_.report(task.id(), model::TASK_STATE_READY);
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.route(), nullptr);
  EXPECT_TRUE(world_.state.barriers().empty());
  spec.mutable_services()->at("web").set_image("shop:2");
  id = deploy(spec);
  for (const model::Task& task : world_.staying(2)) world_.report(task.id(), model::TASK_STATE_READY);
  world_.settle();
  for (const model::Task& task : world_.tasks(1)) EXPECT_EQ(task.intent(), TASK_INTENT_RELEASE);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
}

TEST_F(DeployTest, ARouteThatIsGoneFromTheSpecGoesByTheBarrier) {
  serve(1);
  model::AppSpec spec = shop(1);
  spec.mutable_services()->at("web").clear_routes();
  std::string id = deploy(spec);
  world_.agents_work();
  world_.settle();
  EXPECT_EQ(world_.route(), nullptr);
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  EXPECT_EQ(world_.tasks(1)[0].intent(), TASK_INTENT_DRAIN);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_TRUE(world_.state.claims().empty());
}

TEST_F(DeployTest, ALostNodeOnlyDelaysIt) {
  serve(2);
  std::string id = deploy(shop(2, "shop:2"));
  const std::string node = world_.staying(2)[0].node();
  for (int i = 0; i < 7; ++i) {
    world_.pass(10s, {node});
    world_.settle();
  }
  EXPECT_EQ(world_.staying(2).size(), 2U);
  for (const model::Task& task : world_.staying(2)) EXPECT_NE(task.node(), node);
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
}

TEST_F(DeployTest, AnOldTaskThatNeverStopsDoesNotHoldItForEver) {
  serve(1);
  std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  world_.acknowledge_all();
  world_.settle();
  EXPECT_EQ(phase(id), model::DEPLOYMENT_PHASE_STOP);
  world_.pass(std::chrono::hours(1));
  world_.settle();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_NE(world_.deployment(id).message().find("still stopping"), std::string::npos);
}

TEST_F(DeployTest, AStopEndsTheDeploymentThatRuns) {
  serve(1);
  std::string id = deploy(shop(1, "shop:2"));
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.run();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUPERSEDED);
  EXPECT_TRUE(world_.tasks().empty());
}

}  // namespace
}  // namespace hancock::master
