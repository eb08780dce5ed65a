#include "master/core/leave.h"

#include <gtest/gtest.h>

#include "master/core/world.h"

namespace hancock::master {
namespace {

class LeaveTest : public testing::Test {
 protected:
  LeaveTest() {
    world_.add_node("node-1");
    world_.add_gateway("gw-1");
  }

  void serve(const model::AppSpec& spec) {
    ASSERT_TRUE(world_.apply(spec));
    world_.run();
  }
  void stop(const std::string& service) {
    world_.commit_all(master::stop(world_.state, {"default", "shop", service}, world_.clock.wall()));
  }
  /// As the Agent sends it: by what it knows of its Node.
  store::Transaction registration(const model::Task& task) const {
    const std::string node = world_.state.keys().node(task.node());
    const std::string endpoint = world_.state.keys().endpoint(task.node(), task.id());
    return {{store::Compare::unchanged(node, fence()), store::Compare::absent(endpoint)},
            {store::Operation::put(endpoint, "x")}};
  }
  store::Revision fence() const { return world_.state.node_records().at("node-1").revision; }

  World world_;
};

TEST_F(LeaveTest, ATaskThatIsNotRegisteredIsReleasedAtOnceAndARegistrationUnderWayFails) {
  ASSERT_TRUE(world_.apply(shop(1)));
  world_.settle();
  const model::Task task = world_.tasks()[0];
  const store::Transaction late = registration(task);
  const int64_t incarnation = world_.state.node_records().at("node-1").value.incarnation;
  stop("web");
  world_.settle();
  EXPECT_EQ(world_.state.task(task.id())->value.intent(), model::TASK_INTENT_RELEASE);
  EXPECT_FALSE(world_.store.commit(late));
  EXPECT_EQ(world_.state.node_records().at("node-1").value.incarnation, incarnation)
      << "what else it has registered stays";
}

TEST_F(LeaveTest, ARegistrationThatComesFirstMakesTheReleaseADrain) {
  ASSERT_TRUE(world_.apply(shop(2)));
  world_.settle();
  const model::Task task = world_.tasks()[0];
  world_.make_ready(world_.tasks()[1].id());
  world_.make_ready(task.id());
  world_.settle();
  world_.erase(world_.state.keys().endpoint(task.node(), task.id()));
  world_.report(task.id(), model::TASK_STATE_RUNNING);
  const store::Transaction late = registration(task);
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  Plan plan = world_.plan();
  ASSERT_TRUE(world_.store.commit(late));
  for (const Change& change : plan.changes)
    EXPECT_EQ(world_.commit(change), !change.touches(world_.state.state_keys().task(task.id())));
}

TEST_F(LeaveTest, ATaskThatWasRegisteredOnceDrainsAndIsNotRegisteredAgain) {
  serve(shop(2));
  const model::Task task = world_.tasks()[0];
  world_.erase(world_.state.keys().endpoint(task.node(), task.id()));
  world_.report(task.id(), model::TASK_STATE_RUNNING);
  const store::Transaction late = registration(task);
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  world_.settle();
  EXPECT_EQ(world_.state.task(task.id())->value.intent(), model::TASK_INTENT_DRAIN);
  EXPECT_FALSE(world_.store.commit(late));
}

TEST_F(LeaveTest, ARegisteredTaskLeavesWithoutAWordToItsNode) {
  serve(shop(2));
  const store::Revision before = fence();
  world_.commit_all(scale(world_.state, world_.web, 1, world_.clock.wall()));
  world_.run();
  EXPECT_EQ(world_.staying().size(), 1U);
  EXPECT_EQ(fence(), before);
}

TEST_F(LeaveTest, ServicesThatLeaveOneNodeDoNotGetInEachOthersWay) {
  model::AppSpec spec = shop(3);
  (*spec.mutable_services())["api"] = spec.services().at("web");
  spec.mutable_services()->at("api").mutable_routes(0)->set_hosts(0, "api.test");
  ASSERT_TRUE(world_.apply(spec));
  world_.settle();
  stop("web");
  stop("api");
  for (Plan plan = world_.plan(); !plan.changes.empty(); plan = world_.plan())
    for (const Change& change : plan.changes) EXPECT_TRUE(world_.commit(change)) << change.why;
  for (const model::Task& task : world_.tasks()) EXPECT_EQ(task.intent(), model::TASK_INTENT_RELEASE);
}

}  // namespace
}  // namespace hancock::master
