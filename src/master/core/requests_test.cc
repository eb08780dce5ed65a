#include "master/core/requests.h"

#include <gtest/gtest.h>

#include "master/core/world.h"

namespace hancock::master {
namespace {

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() {
    world_.add_node("node-1");
    world_.add_node("node-2");
    world_.add_gateway("gw-1");
  }

  ServiceOutcome apply(const model::AppSpec& spec) {
    auto outcome = world_.apply(spec);
    EXPECT_TRUE(outcome);
    return outcome->services.at(0);
  }

  World world_;
};

TEST_F(RequestsTest, ANewServiceGetsVersion1AndADeployment) {
  ServiceOutcome web = apply(shop(3));
  EXPECT_EQ(web.version, 1U);
  model::Deployment deployment = world_.deployment(web.deployment);
  EXPECT_EQ(deployment.from_version(), 0U);
  EXPECT_EQ(deployment.to_version(), 1U);
  EXPECT_EQ(deployment.wanted(), 3U);
  EXPECT_EQ(world_.service().version(), 0U);
  EXPECT_TRUE(world_.state.claims().contains("host/shop.test/%2F"));
  EXPECT_TRUE(world_.has_event("service.created"));
  EXPECT_TRUE(world_.has_event("deployment.started"));
}

TEST_F(RequestsTest, TheSameSpecAgainChangesNothing) {
  ServiceOutcome first = apply(shop(3));
  const int64_t revision = world_.store.revision();
  EXPECT_EQ(apply(shop(3)).deployment, first.deployment) << "it is still on its way";
  world_.run();
  const int64_t later = world_.store.revision();
  ServiceOutcome again = apply(shop(3));
  EXPECT_EQ(again.version, 1U);
  EXPECT_EQ(again.deployment, "");
  EXPECT_EQ(world_.store.revision(), later);
  EXPECT_LT(revision, later);
}

TEST_F(RequestsTest, AChangedSpecMakesTheNextVersion) {
  apply(shop(3));
  world_.run();
  ServiceOutcome second = apply(shop(3, "shop:2"));
  EXPECT_EQ(second.version, 2U);
  EXPECT_EQ(world_.deployment(second.deployment).from_version(), 1U);
}

TEST_F(RequestsTest, ANewerSpecSupersedesTheDeploymentThatRuns) {
  ServiceOutcome first = apply(shop(3));
  ServiceOutcome second = apply(shop(3, "shop:2"));
  EXPECT_EQ(world_.deployment(first.deployment).state(), model::DEPLOYMENT_STATE_SUPERSEDED);
  EXPECT_EQ(world_.service().deployment(), second.deployment);
  world_.run();
  EXPECT_EQ(world_.deployment(second.deployment).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.tasks().size(), 3U);
}

TEST_F(RequestsTest, OtherReplicasAloneNeedNoDeployment) {
  apply(shop(1));
  world_.run();
  ServiceOutcome web = apply(shop(4));
  EXPECT_EQ(web.version, 1U);
  EXPECT_EQ(web.deployment, "");
  EXPECT_TRUE(world_.has_event("service.scaled"));
  world_.run();
  EXPECT_EQ(world_.serving().size(), 4U);
}

TEST_F(RequestsTest, OtherReplicasReachARunningDeployment) {
  ServiceOutcome web = apply(shop(1));
  EXPECT_EQ(apply(shop(2)).deployment, web.deployment);
  EXPECT_EQ(world_.deployment(web.deployment).wanted(), 2U);
}

TEST_F(RequestsTest, AServiceMissingInTheSpecIsRemoved) {
  model::AppSpec two = shop(1);
  (*two.mutable_services())["db"] = two.services().at("web");
  (*two.mutable_services())["db"].mutable_routes(0)->set_hosts(0, "db.test");
  ASSERT_TRUE(world_.apply(two));
  world_.run();
  ASSERT_TRUE(world_.apply(shop(1)));
  EXPECT_TRUE(world_.state.service({"default", "shop", "db"})->value.removing());
  world_.run();
  EXPECT_EQ(world_.state.service({"default", "shop", "db"}), nullptr);
  EXPECT_EQ(world_.state.claims().size(), 1U);
  EXPECT_EQ(world_.tasks().size(), 1U);
  EXPECT_EQ(world_.state.apps().size(), 1U);
}

TEST_F(RequestsTest, AnEntranceOfOnesOwnOtherServiceIsRefusedByName) {
  ASSERT_TRUE(world_.apply(shop(1)));
  model::AppSpec other = shop(1);
  other.set_app("blog");
  auto refused = apply_spec(world_.state, other, world_.clock.wall(), world_.random);
  ASSERT_FALSE(refused);
  const RequestError& error = refused.error().at(0);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_EQ(error.field, "services.web.routes[0].hosts[0]");
  EXPECT_EQ(error.value, "shop.test/");
  EXPECT_EQ(error.message, "shop.test/ belongs to service shop/web");
}

TEST_F(RequestsTest, AnEntranceOfAnotherTenantIsJustTaken) {
  ASSERT_TRUE(world_.apply(shop(1)));
  model::AppSpec other = shop(1);
  other.set_tenant("rival");
  auto refused = apply_spec(world_.state, other, world_.clock.wall(), world_.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().at(0).message, "shop.test/ is taken");
}

TEST_F(RequestsTest, APortIsSharedByNamesOrBelongsToOne) {
  const auto at_443 = [](const std::string& app, const std::string& name) {
    model::AppSpec spec = shop(1);
    spec.set_app(app);
    model::RouteSpec& route = *(*spec.mutable_services())["web"].mutable_routes(0);
    route.clear_hosts();
    route.clear_paths();
    route.set_tcp(443);
    if (!name.empty()) route.add_sni(name);
    return spec;
  };
  const auto refused = [&](const model::AppSpec& spec) -> std::string {
    const auto result = apply_spec(world_.state, spec, world_.clock.wall(), world_.random);
    return result ? "" : result.error().at(0).field + ": " + result.error().at(0).message;
  };
  ASSERT_TRUE(world_.apply(at_443("one", "a.test")));
  EXPECT_EQ(refused(at_443("two", "")), "services.web.routes[0].tcp: 443 belongs to service one/web");
  EXPECT_EQ(refused(at_443("two", "a.test")),
            "services.web.routes[0].sni[0]: a.test:443 belongs to service one/web");
  ASSERT_TRUE(world_.apply(at_443("two", "*.a.test")));
  EXPECT_EQ(refused(at_443("one", "")), "services.web.routes[0].tcp: 443 belongs to service two/web");

  world_.commit_all(remove(world_.state, {"default", "two", "web"}, world_.clock.wall()));
  world_.run();
  ASSERT_TRUE(world_.apply(at_443("one", ""))) << "it may go from a name to all of it";
  EXPECT_EQ(refused(at_443("two", "b.test")),
            "services.web.routes[0].sni[0]: b.test:443 belongs to service one/web");

  model::AppSpec both = at_443("three", "");
  (*both.mutable_services())["web"].mutable_routes(0)->set_tcp(444);
  (*both.mutable_services())["api"] = at_443("three", "b.test").services().at("web");
  (*both.mutable_services())["api"].mutable_routes(0)->set_tcp(444);
  EXPECT_EQ(refused(both), "services.web.routes[0].tcp: 444 is asked for by service api, too");
}

TEST_F(RequestsTest, TwoServicesOfOneSpecCannotShareAnEntrance) {
  model::AppSpec two = shop(1);
  (*two.mutable_services())["api"] = two.services().at("web");
  auto refused = apply_spec(world_.state, two, world_.clock.wall(), world_.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().at(0).field, "services.web.routes[0].hosts[0]");
}

TEST_F(RequestsTest, TwoDeploysOfOneEntranceCannotBothPass) {
  model::AppSpec other = shop(1);
  other.set_app("blog");
  auto a = apply_spec(world_.state, shop(1), world_.clock.wall(), world_.random);
  auto b = apply_spec(world_.state, other, world_.clock.wall(), world_.random);
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(world_.commit(a->changes.at(0)));
  EXPECT_FALSE(world_.commit(b->changes.at(0)));
}

TEST_F(RequestsTest, AWriteSentTwiceHappensOnce) {
  auto outcome = apply_spec(world_.state, shop(2), world_.clock.wall(), world_.random);
  EXPECT_TRUE(world_.commit(outcome->changes.at(0)));
  EXPECT_FALSE(world_.commit(outcome->changes.at(0)));
  auto scaled = scale(world_.state, world_.web, 5, world_.clock.wall());
  EXPECT_TRUE(world_.commit(scaled->at(0)));
  EXPECT_FALSE(world_.commit(scaled->at(0)));
}

TEST_F(RequestsTest, ManyServicesTakeSeveralTransactionsOfWhichEachPrefixIsValid) {
  model::AppSpec many;
  many.set_tenant("default");
  many.set_app("many");
  for (int i = 0; i < 100; ++i) {
    model::ServiceSpec service = shop(0).services().at("web");
    service.mutable_routes(0)->set_hosts(0, "s" + std::to_string(i) + ".test");
    (*many.mutable_services())["s" + std::to_string(i)] = service;
  }
  auto outcome = apply_spec(world_.state, many, world_.clock.wall(), world_.random);
  ASSERT_TRUE(outcome);
  ASSERT_GT(outcome->changes.size(), 2U);
  ASSERT_TRUE(world_.commit(outcome->changes.at(0)));
  world_.run();
  auto rest = apply_spec(world_.state, many, world_.clock.wall(), world_.random);
  ASSERT_TRUE(rest);
  EXPECT_LT(rest->changes.size(), outcome->changes.size());
  for (const Change& change : rest->changes) EXPECT_TRUE(world_.commit(change));
  world_.run();
  EXPECT_EQ(world_.state.services().size(), 100U);
}

TEST_F(RequestsTest, ScaleIsCheckedAndCounts) {
  apply(shop(1));
  world_.run();
  const WallTime wall = world_.clock.wall();
  EXPECT_EQ(scale(world_.state, {"default", "shop", "x"}, 1, wall).error()[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(scale(world_.state, world_.web, -1, wall).error()[0].allowed, "0..10000");
  EXPECT_TRUE(scale(world_.state, world_.web, 1, wall)->empty());
  world_.commit_all(scale(world_.state, world_.web, 3, wall));
  world_.run();
  EXPECT_EQ(world_.serving().size(), 3U);
  world_.commit_all(scale(world_.state, world_.web, 0, wall));
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
}

TEST_F(RequestsTest, AStoppedServiceKeepsItsSpecAndStartsByScale) {
  apply(shop(2));
  world_.run();
  world_.commit_all(stop(world_.state, world_.web, world_.clock.wall()));
  world_.run();
  EXPECT_TRUE(world_.tasks().empty());
  EXPECT_EQ(world_.service().replicas_before_stop(), 2U);
  EXPECT_TRUE(stop(world_.state, world_.web, world_.clock.wall())->empty());
  world_.commit_all(scale(world_.state, world_.web, 2, world_.clock.wall()));
  world_.run();
  EXPECT_EQ(world_.serving().size(), 2U);
}

TEST_F(RequestsTest, AStoppedServiceStartsByADeployOfTheSameSpec) {
  apply(shop(2));
  world_.run();
  world_.commit_all(stop(world_.state, {"default", "shop", ""}, world_.clock.wall()));
  world_.run();
  ServiceOutcome web = apply(shop(2));
  EXPECT_EQ(web.version, 1U);
  ASSERT_NE(web.deployment, "");
  world_.run();
  EXPECT_EQ(world_.deployment(web.deployment).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.serving().size(), 2U);
  EXPECT_FALSE(world_.service().stopped());
}

TEST_F(RequestsTest, ARemovedAppLeavesNothingButEvents) {
  apply(shop(2));
  world_.run();
  world_.commit_all(remove(world_.state, {"default", "shop", ""}, world_.clock.wall()));
  world_.run();
  for (const auto& [key, item] : world_.store.items()) {
    EXPECT_EQ(key.find("shop"), std::string::npos) << key;
    EXPECT_EQ(key.find("deployments"), std::string::npos) << key;
    EXPECT_EQ(key.find("barriers/"), std::string::npos) << key;
  }
  EXPECT_TRUE(world_.has_event("service.removed"));
  EXPECT_EQ(remove(world_.state, {"default", "shop", ""}, world_.clock.wall()).error()[0].code,
            ErrorCode::kNotFound);
}

TEST_F(RequestsTest, AServiceOnItsWayOutComesBackByADeploy) {
  apply(shop(2));
  world_.run();
  world_.commit_all(remove(world_.state, world_.web, world_.clock.wall()));
  world_.settle();
  EXPECT_EQ(world_.route(), nullptr);
  ServiceOutcome web = apply(shop(2));
  world_.run();
  EXPECT_EQ(world_.deployment(web.deployment).state(), model::DEPLOYMENT_STATE_SUCCEEDED);
  EXPECT_EQ(world_.serving().size(), 2U);
  EXPECT_NE(world_.route(), nullptr);
}

TEST_F(RequestsTest, CheckIndexSeesOwnersWritesOnly) {
  const AppRef app{"default", "shop"};
  EXPECT_FALSE(check_index(world_.state, app, 0));
  apply(shop(1));
  EXPECT_TRUE(check_index(world_.state, app, 0));
  const int64_t index = world_.store.revision();
  world_.run();
  EXPECT_FALSE(check_index(world_.state, app, index)) << "what the leader does is no owner's write";
  world_.commit_all(scale(world_.state, world_.web, 2, world_.clock.wall()));
  ASSERT_TRUE(check_index(world_.state, app, index));
  EXPECT_EQ(check_index(world_.state, app, index)->code, ErrorCode::kConflict);
}

TEST_F(RequestsTest, AnUnreadableServiceIsLeftAlone) {
  apply(shop(1));
  world_.run();
  world_.put(world_.state.state_keys().service(world_.web), "\xff poison");
  auto refused = apply_spec(world_.state, shop(2), world_.clock.wall(), world_.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().at(0).code, ErrorCode::kUnavailable);
  world_.run();
  EXPECT_EQ(world_.serving().size(), 1U);
}

}  // namespace
}  // namespace hancock::master
