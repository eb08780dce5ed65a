#include "master/core/why.h"

#include <gmock/gmock.h>

#include "master/core/world.h"

namespace hancock::master {
namespace {

using testing::Contains;
using testing::HasSubstr;

class WhyTest : public testing::Test {
 protected:
  WhyTest() {
    world_.add_node("node-1");
    world_.add_node("node-2", "site-1", 50);  // lacks CPU
    world_.add_gateway("gw-1");
  }

  model::Why ask(const std::string& task) {
    auto why = why_task({world_.state, &world_.contacts, world_.clock.now(), world_.clock.wall()}, task);
    EXPECT_TRUE(why);
    return why.value_or(model::Why());
  }
  static std::vector<std::string> kinds(const model::Why& why) {
    std::vector<std::string> kinds;
    for (const model::Event& event : why.items()) kinds.push_back(event.kind());
    return kinds;
  }

  World world_;
};

TEST_F(WhyTest, ATaskTellsWhereItWasPlacedAndWhy) {
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.run();
  const model::Why why = ask(world_.tasks()[0].id());
  EXPECT_EQ(why.subject(), "task " + world_.tasks()[0].id());
  EXPECT_THAT(why.now(0), HasSubstr("version 1 of default/shop/web on node-1 (site-1) is ready"));
  EXPECT_THAT(why.now(), Contains("gateways send visitors to it"));
  EXPECT_THAT(kinds(why), Contains("deployment.started"));
  EXPECT_THAT(kinds(why), Contains("task.ready"));
  for (const model::Event& event : why.items())
    if (event.kind() == "task.assigned") {
      EXPECT_EQ(
          event.message(),
          "2 nodes: 1 free, 1 lacks CPU (want 100m, free 50m); here 0 Tasks of this version, 0% in use");
    }
}

TEST_F(WhyTest, ALostTaskTellsOfItsNodeAndOfWhoStandsIn) {
  model::AppSpec spec = shop(1);
  World::set_lost_after(spec, 10);
  ASSERT_TRUE(world_.apply(spec));
  world_.run();
  const std::string id = world_.tasks()[0].id();
  world_.add_node("node-3");
  world_.pass(10s, {"node-1"});
  world_.settle();
  const model::Why why = ask(id);
  EXPECT_THAT(why.now(), Contains("node node-1 is lost, silent for 10s"));
  EXPECT_THAT(why.now(), Contains("when node node-1 is back, what still runs of it may go on"));
  EXPECT_THAT(why.now(), Contains(world_.staying()[0].id() + " stands in for it"));
  EXPECT_THAT(kinds(why), Contains("node.lost"));
  EXPECT_THAT(ask(world_.staying()[0].id()).now(), Contains("it stands in for " + id));
}

TEST_F(WhyTest, AFailedTaskTellsItsEndAndWhenAnotherTakesItsPlace) {
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.run();
  const std::string id = world_.tasks()[0].id();
  world_.report(id, model::TASK_STATE_FAILED, "exit code 1: no config");
  const model::Why why = ask(id);
  EXPECT_THAT(why.now(0), HasSubstr("is failed: exit code 1: no config"));
  EXPECT_THAT(why.now(), Contains("another takes its place in 30s"));
}

TEST_F(WhyTest, ATaskThatIsHeldUpByAGatewaySaysByWhich) {
  ASSERT_TRUE(world_.apply(shop(2)));
  world_.run();
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  world_.settle();
  for (const model::Task& task : world_.tasks())
    if (task.intent() == model::TASK_INTENT_DRAIN) {
      EXPECT_THAT(ask(task.id()).now(), Contains("it is to leave: gateway gw-1 has not applied it yet"));
    }
}

TEST_F(WhyTest, AServiceTellsHowManyAreReadyAndWhatItWaitsFor) {
  ASSERT_TRUE(world_.apply(shop(50)));
  world_.run();
  const Asked asked{world_.state, &world_.contacts, world_.clock.now(), world_.clock.wall()};
  const auto why = why_service(asked, world_.web, world_.plan().waiting[world_.web]);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->subject(), "service default/shop/web");
  EXPECT_THAT(why->now(), Contains(HasSubstr("lack CPU")));
  EXPECT_THAT(kinds(*why), Contains("service.created"));
  EXPECT_FALSE(why_service(asked, {"default", "shop", "other"}, ""));
  EXPECT_FALSE(why_task(asked, "never-heard-of"));
}

}  // namespace
}  // namespace hancock::master
