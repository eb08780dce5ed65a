#include "master/core/place.h"

#include <gtest/gtest.h>

#include <deque>

namespace hancock::master {
namespace {

constexpr uint64_t kMi = 1 << 20;

class PlaceTest : public testing::Test {
 protected:
  model::Node& add_node(const std::string& name, const std::string& site = "site-1") {
    model::Node& node = nodes_.emplace_back();
    node.set_name(name);
    node.set_site(site);
    node.mutable_capacity()->set_cpu_millis(1'000);
    node.mutable_capacity()->set_memory_bytes(1024 * kMi);
    node.mutable_capacity()->set_pids(1'000);
    Room& room = rooms_[name];
    room.node = &node;
    room.is_open = true;
    return node;
  }

  PlaceTest() {
    spec_.mutable_resources()->set_cpu_millis(100);
    spec_.mutable_resources()->set_memory_bytes(64 * kMi);
    spec_.mutable_resources()->set_pids(10);
  }

  Placement place_tasks(size_t count, CountByNode running = {}, CountByNode failed = {}) {
    SeededRandom random(seed_);
    return place(rooms_, Want{spec_, count, std::move(running), std::move(failed)}, random);
  }

  std::map<std::string, int> counts(const Placement& placement) {
    std::map<std::string, int> counts;
    for (const std::string& node : placement.nodes) ++counts[node];
    return counts;
  }

  std::deque<model::Node> nodes_;
  Rooms rooms_;
  model::ServiceSpec spec_;
  uint64_t seed_ = 1;
};

using Counts = std::map<std::string, int>;

TEST_F(PlaceTest, TasksAreSpreadOverNodes) {
  for (const char* name : {"a", "b", "c"}) add_node(name);
  EXPECT_EQ(counts(place_tasks(6)), (Counts{{"a", 2}, {"b", 2}, {"c", 2}}));
}

TEST_F(PlaceTest, WhatRunsAlreadyCountsForTheSpread) {
  for (const char* name : {"a", "b"}) add_node(name);
  EXPECT_EQ(counts(place_tasks(2, {{"a", 2}})), (Counts{{"b", 2}}));
}

TEST_F(PlaceTest, SpreadOverSitesComesBeforeSpreadOverNodes) {
  for (const char* name : {"a", "b", "c"}) add_node(name, "site-1");
  add_node("d", "site-2");
  spec_.mutable_placement()->set_spread(model::SPREAD_SITE);
  EXPECT_EQ(counts(place_tasks(4))["d"], 2);
}

TEST_F(PlaceTest, TheSameSeedGivesTheSamePlaces) {
  for (const char* name : {"a", "b", "c", "d", "e"}) add_node(name);
  Rooms before = rooms_;
  Placement first = place_tasks(7);
  rooms_ = before;
  EXPECT_EQ(first.nodes, place_tasks(7).nodes);
}

TEST_F(PlaceTest, TiesFallDifferentlyWithAnotherSeed) {
  for (const char* name : {"a", "b", "c", "d", "e"}) add_node(name);
  std::set<std::string> chosen;
  for (seed_ = 1; seed_ <= 40; ++seed_) {
    Rooms before = rooms_;
    chosen.insert(place_tasks(1).nodes.at(0));
    rooms_ = before;
  }
  EXPECT_GT(chosen.size(), 2U);
}

TEST_F(PlaceTest, AmongEqualsTheOneWithMostRoomLeftIsTaken) {
  for (const char* name : {"a", "b"}) add_node(name);
  rooms_["a"].memory_bytes = 512 * kMi;
  EXPECT_EQ(place_tasks(1).nodes.at(0), "b");
}

TEST_F(PlaceTest, ANodeWhereItFailedIsTheLastResort) {
  for (const char* name : {"a", "b"}) add_node(name);
  EXPECT_EQ(place_tasks(1, {{"b", 5}}, {{"a", 1}}).nodes.at(0), "b");
  rooms_.erase("b");
  EXPECT_EQ(place_tasks(1, {}, {{"a", 1}}).nodes.at(0), "a");
}

TEST_F(PlaceTest, NoMoreIsReservedThanThereIs) {
  add_node("a");
  Placement placement = place_tasks(20);
  EXPECT_EQ(placement.nodes.size(), 10U);
  EXPECT_EQ(placement.problem, "1 node: 1 lacks CPU (want 100m, free 0)");
}

TEST_F(PlaceTest, SaysOfEveryNodeWhyItDoesNotFit) {
  add_node("a").set_state(model::NODE_STATE_SUSPECT);
  rooms_["a"].is_open = false;
  for (const char* name : {"b", "c"}) {
    add_node(name);
    rooms_[name].memory_bytes = (1024 - 10) * kMi;
  }
  Placement placement = place_tasks(1);
  EXPECT_TRUE(placement.nodes.empty());
  EXPECT_EQ(placement.problem, "3 nodes: 1 not ready, 2 lack memory (want 64Mi, free 10Mi)");
}

TEST_F(PlaceTest, WithoutNodesItSaysSo) { EXPECT_EQ(place_tasks(1).problem, "there are no nodes"); }

TEST_F(PlaceTest, SitesAndLabelsMustMatch) {
  add_node("a", "site-2");
  (*add_node("b").mutable_labels())["disk"] = "hdd";
  (*add_node("c").mutable_labels())["disk"] = "ssd";
  spec_.mutable_placement()->add_sites("site-1");
  (*spec_.mutable_placement()->mutable_labels())["disk"].add_values("ssd");
  spec_.mutable_placement()->set_max_per_node(1);
  Placement placement = place_tasks(2);
  EXPECT_EQ(placement.nodes, std::vector<std::string>{"c"});
  EXPECT_EQ(placement.problem,
            "3 nodes: 1 of another site, 1 without the labels, 1 with max_per_node (1) reached");
}

TEST_F(PlaceTest, ADrainingNodeTakesNothing) {
  add_node("a").set_state(model::NODE_STATE_DRAINING);
  EXPECT_EQ(place_tasks(1).problem, "1 node: 1 draining");
}

TEST_F(PlaceTest, PidsAreReservedToo) {
  add_node("a");
  spec_.mutable_resources()->set_pids(600);
  Placement placement = place_tasks(2);
  EXPECT_EQ(placement.nodes.size(), 1U);
  EXPECT_EQ(placement.problem, "1 node: 1 lacks pids (want 600, free 400)");
}

TEST_F(PlaceTest, ManyTasksOnManyNodesFillThemEvenly) {
  for (int i = 0; i < 200; ++i) add_node("n" + std::to_string(i));
  Placement placement = place_tasks(1'000);
  ASSERT_EQ(placement.nodes.size(), 1'000U);
  for (const auto& [node, count] : counts(placement)) EXPECT_EQ(count, 5) << node;
}

}  // namespace
}  // namespace hancock::master
