#include "master/core/state.h"

#include <gtest/gtest.h>

#include "master/core/assignments.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

TEST(State, WhatWasLoadedAndWhatWasAppliedAreTheSame) {
  World world;
  world.add_node("node-1");
  world.add_gateway("gw-1");
  ASSERT_TRUE(world.apply(shop(3)));
  world.run();
  State loaded;
  loaded.load(world.store.all(), store::Revision(world.store.revision()));
  EXPECT_EQ(loaded.tasks().size(), 3U);
  EXPECT_EQ(loaded.tasks_of(world.web), world.state.tasks_of(world.web));
  EXPECT_EQ(loaded.tasks_on("node-1").size(), 3U);
  EXPECT_EQ(loaded.deployments_of(world.web), world.state.deployments_of(world.web));
  EXPECT_EQ(loaded.revision(), world.state.revision());
  EXPECT_EQ(loaded.last_event(), world.state.last_event());
  EXPECT_EQ(loaded.endpoints().size(), 3U);
  EXPECT_EQ(loaded.claims().size(), 1U);
  EXPECT_EQ(loaded.leader().value.epoch(), 1);
}

TEST(State, ARecordThatDoesNotDecodeIsSetAsideUntilAReadableOneComes) {
  World world;
  const std::string key = world.state.state_keys().node("node-1");
  world.add_node("node-1");
  const std::string good = world.store.items().at(key).value;
  world.put(key, "\xff\xff poison");
  EXPECT_EQ(world.state.node("node-1"), nullptr);
  ASSERT_TRUE(world.state.is_unreadable(key));
  EXPECT_FALSE(world.state.unreadable().at(key).reason.empty());
  world.put(key, good);
  EXPECT_NE(world.state.node("node-1"), nullptr);
  EXPECT_TRUE(world.state.unreadable().empty());
}

TEST(State, ARecordUnderAnothersKeyIsSetAside) {
  World world;
  world.add_node("node-1");
  const auto value = world.store.items().at(world.state.state_keys().node("node-1")).value;
  world.put(world.state.state_keys().node("node-2"), value);
  EXPECT_EQ(world.state.node("node-2"), nullptr);
  EXPECT_TRUE(world.state.is_unreadable(world.state.state_keys().node("node-2")));
}

TEST(State, RegistryRecordsThatDoNotDecodeAreSetAsideToo) {
  World world;
  world.put(world.state.keys().gateway("gw-1"), "{");
  world.put(world.state.keys().endpoint("node-1", "t"), "{}");
  EXPECT_EQ(world.state.unreadable().size(), 2U);
  world.erase(world.state.keys().gateway("gw-1"));
  EXPECT_EQ(world.state.unreadable().size(), 1U);
}

TEST(State, ADeletedTaskIsInNoIndexAnyMore) {
  World world;
  world.add_node("node-1");
  ASSERT_TRUE(world.apply(shop(1)));
  world.settle();
  const std::string id = world.tasks().at(0).id();
  world.erase(world.state.state_keys().task(id));
  EXPECT_TRUE(world.state.tasks_of(world.web).empty());
  EXPECT_TRUE(world.state.tasks_on("node-1").empty());
}

TEST(State, NumbersGoOnBehindANewestBatchThatCannotBeRead) {
  World world;
  world.add_node("node-1");
  const int64_t before = world.state.last_event();
  world.put(world.state.state_keys().event(before + 1), "\xff\xff poison");
  State loaded;
  loaded.load(world.store.all(), store::Revision(world.store.revision()));
  EXPECT_GT(loaded.last_event(), before + 1);
  EXPECT_FALSE(world.store.items().contains(loaded.state_keys().event(loaded.last_event() + 1)));
}

TEST(State, WhatATaskWithAPoisonedRecordRunsIsKept) {
  World world;
  world.add_node("node-1");
  ASSERT_TRUE(world.apply(shop(1)));
  world.settle();
  const std::string id = world.tasks().at(0).id();
  world.put(world.state.state_keys().task(id), "\xff\xff poison");
  const auto assignments = assignments_for(world.state, "node-1");
  ASSERT_EQ(assignments.size(), 1U);
  EXPECT_EQ(assignments[0].task(), id);
  EXPECT_EQ(assignments[0].intent(), model::TASK_INTENT_RUN);
  EXPECT_FALSE(assignments[0].has_spec()) << "and nothing is started of it";
}

TEST(State, AnAppWhoseRecordIsPoisonIsWrittenAnew) {
  World world;
  world.add_node("node-1");
  ASSERT_TRUE(world.apply(shop(1)));
  const std::string key = world.state.state_keys().app({"default", "shop"});
  world.put(key, "\xff\xff poison");
  ASSERT_TRUE(world.apply(shop(2)));
  EXPECT_FALSE(world.state.is_unreadable(key));
}

TEST(State, AChangeCountsForThoseWhomItConcerns) {
  World world;
  world.add_node("node-1");
  world.add_node("node-2");
  world.add_gateway("gw-1");
  ASSERT_TRUE(world.apply(shop(1)));
  world.settle();
  const std::string here = world.tasks().at(0).node();
  const std::string other = here == "node-1" ? "node-2" : "node-1";
  const uint64_t there = world.state.changes_on(other);
  const auto changes = [&](const auto& what) {
    const std::pair before(world.state.changes_on(here), world.state.changes_of(world.web));
    what();
    return std::pair(world.state.changes_on(here) > before.first,
                     world.state.changes_of(world.web) > before.second);
  };
  const std::string task = world.tasks().at(0).id();
  EXPECT_EQ(changes([&] { world.report(task, model::TASK_STATE_RUNNING); }), std::pair(true, true));
  EXPECT_EQ(changes([&] { world.put_endpoint(world.tasks().at(0)); }), std::pair(false, true));
  EXPECT_EQ(changes([&] { world.acknowledge("gw-1"); }), std::pair(false, false));
  EXPECT_EQ(world.state.changes_on(other), there);
  EXPECT_EQ(changes([&] { world.put(world.state.state_keys().task("x"), "poison"); }), std::pair(true, true));
  EXPECT_GT(world.state.changes_on(other), there) << "whose an unreadable record is cannot be said";

  const uint64_t before = world.state.changes_on("node-1");
  world.state.load(world.store.all(), store::Revision(world.store.revision()));
  EXPECT_GT(world.state.changes_on("node-1"), before) << "what was read anew may be anything";
}

TEST(State, AnothersRecordOfATaskIsNotItsOwn) {
  World world;
  world.add_node("node-1");
  world.add_gateway("gw-1");
  ASSERT_TRUE(world.apply(shop(1)));
  world.run();
  const EndpointRef own{"node-1", world.tasks().at(0).id()};
  registry::Endpoint foreign = world.state.endpoints().at(own).value;
  foreign.node = "node-2";
  world.put(world.state.keys().endpoint("node-2", own.task), registry::encode(foreign));
  EXPECT_EQ(world.state.endpoints().size(), 2U);
  world.clock.advance(10s);
  world.settle();
  ASSERT_EQ(world.state.endpoints().size(), 1U) << "it goes with the next look at all endpoints";
  EXPECT_TRUE(world.state.endpoints().contains(own));
}

TEST(State, KeysOfANewerMasterAreNoTrouble) {
  World world;
  world.put("/hancock/state/quotas/default", "?");
  world.put("/hancock/state/x", "?");
  world.put("/hancock/upstreams/x", "?");
  world.put("/hancock/beat", "7");
  EXPECT_TRUE(world.state.unreadable().empty());
}

}  // namespace
}  // namespace hancock::master
