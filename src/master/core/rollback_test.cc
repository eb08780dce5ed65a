// Back to an earlier Version by an owner's hand.

#include "master/core/deploy_testing.h"

namespace hancock::master {
namespace {

class RollbackTest : public DeployTest {
 protected:
  ServiceOutcome roll_back(uint32_t version = 0) {
    auto outcome = rollback(world_.state, world_.web, version, world_.clock.wall(), world_.random);
    EXPECT_TRUE(outcome) << outcome.error()[0].message;
    if (!outcome) return {};
    for (const Change& change : outcome->changes) EXPECT_TRUE(world_.commit(change)) << change.why;
    return outcome->service;
  }
  RequestError refused(uint32_t version = 0) {
    auto outcome = rollback(world_.state, world_.web, version, world_.clock.wall(), world_.random);
    EXPECT_FALSE(outcome);
    return outcome ? RequestError{} : outcome.error()[0];
  }
};

TEST_F(RollbackTest, GoesBackToTheOneThatServedBefore) {
  serve(2);
  deploy(shop(2, "shop:2"));
  world_.run();
  const ServiceOutcome outcome = roll_back();
  EXPECT_EQ(outcome.version, 1U);
  world_.run();
  EXPECT_EQ(world_.deployment(outcome.deployment).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.serving(1).size(), 2U);
  EXPECT_EQ(world_.service().latest_version(), 2U) << "no Version is made for it";
  EXPECT_EQ(roll_back().version, 2U) << "and from there back again";
}

TEST_F(RollbackTest, AnyKeptVersionMayBeNamed) {
  serve(1);
  for (const char* image : {"shop:2", "shop:3"}) {
    deploy(shop(1, image));
    world_.run();
  }
  roll_back(1);
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 1U);
  EXPECT_EQ(refused(9).code, ErrorCode::kNotFound);
}

TEST_F(RollbackTest, KeepsTheNumberOfTasksThatIsWantedNow) {
  serve(1);
  deploy(shop(2, "shop:2"));
  world_.run();
  world_.commit_all(scale(world_.state, world_.web, 3, world_.clock.wall()));
  world_.run();
  roll_back();
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 3U);
}

TEST_F(RollbackTest, BeforeTheSwitchNothingButTheNewTasksGoes) {
  serve(2);
  const std::string id = deploy(shop(2, "shop:2"));
  const auto old = world_.tasks(1);
  EXPECT_EQ(roll_back().deployment, "");
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_ROLLED_BACK);
  world_.run();
  EXPECT_TRUE(world_.tasks(2).empty());
  ASSERT_EQ(world_.serving(1).size(), 2U);
  EXPECT_EQ(world_.tasks(1)[0].id(), old[0].id());
}

TEST_F(RollbackTest, AfterTheSwitchTheOldTasksThatDrainServeAgainAndNoneIsStarted) {
  serve(3);
  const std::string id = deploy(shop(3, "shop:2"));
  world_.agents_work();
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_SWITCH);
  const auto old = world_.tasks(1);
  const ServiceOutcome outcome = roll_back();
  EXPECT_EQ(world_.deployment(id).state(), model::DEPLOYMENT_STATE_SUPERSEDED);
  world_.settle();
  EXPECT_EQ(world_.route()->split, (std::map<uint32_t, uint32_t>{{1, 100}})) << "at once";
  ASSERT_EQ(world_.tasks(1).size(), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(world_.tasks(1)[i].id(), old[i].id());
  for (const model::Task& task : world_.tasks(2)) EXPECT_EQ(task.intent(), model::TASK_INTENT_DRAIN);
  world_.run();
  EXPECT_EQ(world_.deployment(outcome.deployment).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_TRUE(world_.tasks(2).empty());
  EXPECT_TRUE(world_.state.barriers().empty());
}

TEST_F(RollbackTest, TasksThatWaitForTheirLastVisitorsServeAgainToo) {
  serve(1);
  const std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  const std::string old = world_.tasks(1)[0].id();
  for (const char* gateway : {"gw-1", "gw-2"}) world_.acknowledge(gateway, {}, {{old, 1}});
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_DRAIN);
  ASSERT_TRUE(world_.tasks(1)[0].has_acknowledged_at());
  roll_back();
  world_.settle();
  ASSERT_EQ(world_.serving(1).size(), 1U);
  EXPECT_EQ(world_.serving(1)[0].id(), old);
  world_.run();
  EXPECT_EQ(world_.tasks(1)[0].id(), old);
}

TEST_F(RollbackTest, TasksThatWereLetGoAreReplaced) {
  serve(1);
  const std::string id = deploy(shop(1, "shop:2"));
  world_.agents_work();
  world_.settle();
  world_.acknowledge_all();
  world_.settle();
  ASSERT_EQ(phase(id), model::DEPLOYMENT_PHASE_STOP);
  const std::string old = world_.tasks(1)[0].id();
  roll_back();
  world_.run();
  ASSERT_EQ(world_.serving(1).size(), 1U);
  EXPECT_NE(world_.serving(1)[0].id(), old);
}

TEST_F(RollbackTest, IsRefusedWhereThereIsNothingToGoBackTo) {
  EXPECT_EQ(refused().code, ErrorCode::kNotFound);
  deploy(shop(1));
  EXPECT_EQ(refused().code, ErrorCode::kConflict);
  world_.run();
  EXPECT_EQ(refused().code, ErrorCode::kConflict);
  EXPECT_TRUE(rollback(world_.state, world_.web, 1, world_.clock.wall(), world_.random)->changes.empty())
      << "it serves";
}

TEST_F(RollbackTest, TakesItsEntrancesBackUnlessTheyHaveANewOwner) {
  serve(1);
  model::AppSpec other = shop(1, "shop:2");
  other.mutable_services()->at("web").mutable_routes(0)->set_hosts(0, "new.test");
  deploy(other);
  world_.run();
  EXPECT_EQ(world_.state.claims().size(), 1U);
  roll_back();
  world_.run();
  ASSERT_EQ(world_.state.claims().size(), 1U);
  EXPECT_EQ(world_.route()->entrances[0].hosts[0], "shop.test");

  model::AppSpec rival = shop(1, "rival:1");
  rival.set_app("rival");
  rival.mutable_services()->at("web").mutable_routes(0)->set_hosts(0, "new.test");
  ASSERT_TRUE(world_.apply(rival));
  EXPECT_EQ(refused(2).code, ErrorCode::kConflict);
  EXPECT_NE(refused(2).message.find("belongs to service rival/web"), std::string::npos);
}

TEST_F(RollbackTest, AStoppedServiceStartsWithTheVersionThatIsNamed) {
  serve(2);
  deploy(shop(2, "shop:2"));
  world_.run();
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.run();
  roll_back(1);
  world_.run();
  EXPECT_EQ(world_.serving(1).size(), 2U);
}

}  // namespace
}  // namespace hancock::master
