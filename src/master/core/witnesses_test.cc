#include "master/core/witnesses.h"

#include <gtest/gtest.h>

#include "master/core/world.h"

namespace hancock::master {
namespace {

class WitnessesTest : public testing::Test {
 protected:
  WitnessesTest() {
    for (const char* name : {"node-1", "node-2", "node-3"}) world_.add_node(name);
  }
  bool hear(const std::string& node, int64_t epoch, int64_t term, int64_t revision = 1) {
    model::NodeReport report;
    report.set_node(node);
    report.set_epoch(epoch);
    report.set_term(term);
    report.set_revision(revision);
    return witnesses_.hear(report, world_.state);
  }
  std::optional<int64_t> agreed() const { return witnesses_.agreed(world_.state); }

  World world_;
  Witnesses witnesses_{3, 7};
};

TEST_F(WitnessesTest, TwoNodesThatHaveHeardALaterLeaderAreEnough) {
  EXPECT_FALSE(hear("node-1", 3, 7));
  EXPECT_FALSE(hear("node-1", 2, 9));
  EXPECT_TRUE(hear("node-1", 3, 8));
  EXPECT_TRUE(hear("node-1", 3, 8)) << "again";
  EXPECT_FALSE(agreed());
  EXPECT_TRUE(hear("node-2", 4, 1));
  EXPECT_EQ(agreed(), 4);
}

TEST_F(WitnessesTest, WhatThisLeaderNeverSaidIsOfALostFuture) {
  EXPECT_FALSE(hear("node-1", 3, 7, world_.state.revision().value()));
  EXPECT_TRUE(hear("node-1", 3, 7, world_.state.revision().value() + 1));
}

TEST_F(WitnessesTest, AGatewayThatHasAppliedWhatIsNotThereIsOne) {
  world_.add_gateway("gw-1");
  auto gateway = world_.state.gateways().at("gw-1").value;
  gateway.applied = {3, store::Revision(world_.store.revision())};
  world_.put(world_.state.keys().gateway("gw-1"), registry::encode(gateway));
  witnesses_.look(world_.state);
  EXPECT_TRUE(witnesses_.who().empty());
  gateway.applied = {3, store::Revision(world_.store.revision() + 100)};
  world_.put(world_.state.keys().gateway("gw-1"), registry::encode(gateway));
  witnesses_.look(world_.state);
  ASSERT_EQ(witnesses_.who().size(), 1u);
  EXPECT_EQ(witnesses_.who().begin()->first, "gateway gw-1");
  EXPECT_FALSE(agreed());
  hear("node-1", 3, 8);
  EXPECT_EQ(agreed(), 3);
}

TEST_F(WitnessesTest, TheOnlyNodeIsEnough) {
  World alone;
  alone.add_node("node-1");
  hear("node-1", 3, 8);
  EXPECT_EQ(witnesses_.agreed(alone.state), 3);
}

TEST_F(WitnessesTest, WhoHeardAnEarlierLeaderSayMoreCountsUntilThereIsAsMuch) {
  const int64_t there = world_.state.revision().value();
  EXPECT_FALSE(hear("node-1", 3, 6, there)) << "as it should be";
  EXPECT_FALSE(hear("node-2", 3, 6, there));
  EXPECT_FALSE(agreed());
  EXPECT_FALSE(hear("node-1", 3, 6, there + 2)) << "it follows this leader all the same";
  EXPECT_FALSE(hear("node-2", 3, 6, there + 2));
  EXPECT_EQ(agreed(), 3);
  world_.put("/hancock/x", "1");
  EXPECT_EQ(agreed(), 3);
  world_.put("/hancock/x", "2");
  EXPECT_FALSE(agreed()) << "a mirror was late";
}

TEST_F(WitnessesTest, TheOnlyNodeThatLivesIsEnough) {
  EXPECT_TRUE(hear("node-1", 3, 8));
  EXPECT_FALSE(agreed());
  for (const char* name : {"node-2", "node-3"}) {
    model::Node node = world_.state.nodes().at(name).value;
    node.set_state(model::NODE_STATE_DISCONNECTED);
    world_.put(world_.state.state_keys().node(name), node.SerializeAsString());
  }
  EXPECT_EQ(agreed(), 3);
}

TEST_F(WitnessesTest, AnEpochBeyondAllReasonCountsForNothing) {
  EXPECT_TRUE(hear("node-1", INT64_MAX, 1));
  EXPECT_TRUE(hear("node-2", INT64_MAX, 1));
  EXPECT_FALSE(agreed());
}

}  // namespace
}  // namespace hancock::master
