#include "master/core/freeze.h"

#include <gtest/gtest.h>

#include "master/core/world.h"
#include "model/time.h"

namespace hancock::master {
namespace {

class FreezeTest : public testing::Test {
 protected:
  FreezeTest() {
    for (const char* name : {"a-1", "a-2", "a-3", "a-4"}) world_.add_node(name, "site-a");
    for (const char* name : {"b-1", "b-2"}) world_.add_node(name, "site-b");
    world_.add_gateway("gw-1");
  }

  void serve(uint32_t replicas, int64_t lost_after_s = 15) {
    model::AppSpec spec = shop(replicas);
    World::set_lost_after(spec, lost_after_s);
    ASSERT_TRUE(world_.apply(spec));
    world_.run();
    ASSERT_EQ(world_.serving().size(), replicas);
  }
  /// In steps of two seconds: an Agent's signs of life.
  void pass(Duration duration, const std::vector<std::string>& silent = {}) {
    for (Duration passed{}; passed < duration; passed += 2s) {
      world_.pass(2s, silent);
      world_.settle();
    }
  }
  /// The leader looks at it all twice a second; nothing is heard of `silent`.
  void look_on(Duration duration, const std::vector<std::string>& silent) {
    for (Duration passed{}; passed < duration; passed += 500ms) {
      world_.pass(500ms, silent);
      world_.contacts.acting(world_.clock.now());
      world_.settle();
    }
  }
  size_t replacements() const {
    size_t count = 0;
    for (const auto& [id, task] : world_.state.tasks()) count += !task.value.replaces().empty();
    return count;
  }
  void commit_thaw() { world_.commit_all(thaw(world_.state, "site-a", world_.clock.wall())); }
  bool is_frozen(const std::string& site = "site-a") const { return !why_frozen(world_.state, site).empty(); }
  size_t lost() const {
    size_t count = 0;
    for (const auto& [id, task] : world_.state.tasks()) count += task.value.state() == model::TASK_STATE_LOST;
    return count;
  }
  std::string waiting() { return world_.plan().waiting[world_.web]; }

  const std::vector<std::string> three_{"a-1", "a-2", "a-3"};
  World world_;
};

TEST_F(FreezeTest, WhatIsLostWithMostOfASiteIsNotReplaced) {
  serve(6);
  pass(30s, three_);
  EXPECT_TRUE(is_frozen());
  EXPECT_FALSE(is_frozen("site-b"));
  EXPECT_TRUE(world_.has_event("site.frozen"));
  EXPECT_EQ(lost(), 3U);
  EXPECT_EQ(world_.staying().size(), 3U) << "nothing takes their place";
  EXPECT_EQ(world_.state.sites().at("site-a").value.frozen_because(),
            "3 of 4 nodes fell silent within 60s: a-1, a-2, a-3");
  EXPECT_EQ(waiting(), why_frozen(world_.state, "site-a"));
}

TEST_F(FreezeTest, NothingIsReplacedWhileOthersMayBeSilentTooInAMoment) {
  serve(6, 6);
  look_on(2s, {"a-1"});
  look_on(500ms, {"a-1", "a-2"});
  look_on(3500ms, three_);
  ASSERT_GT(lost(), 0U) << "its lost_after has passed";
  EXPECT_FALSE(is_frozen()) << "the third one is not silent yet";
  EXPECT_EQ(replacements(), 0U);
  EXPECT_EQ(waiting(), "many nodes of site site-a have just fallen silent");
  look_on(20s, three_);
  EXPECT_TRUE(is_frozen());
  EXPECT_EQ(replacements(), 0U);
}

TEST_F(FreezeTest, OthersThatAreHeardInTimeHoldNothingUp) {
  serve(6, 6);
  look_on(2s, {"a-1"});
  look_on(3s, three_);
  look_on(2s, {"a-1"});
  EXPECT_FALSE(is_frozen());
  EXPECT_EQ(lost(), 1U);
  EXPECT_EQ(replacements(), 1U);
}

TEST_F(FreezeTest, ASiteThatIsCutOffWhileNobodyCouldActIsFrozenBeforeAnythingIsReplaced) {
  serve(6, 6);
  world_.contacts.acting(world_.clock.now());
  world_.clock.advance(5s);  // the store was away, and so were the three
  look_on(20s, three_);
  EXPECT_TRUE(is_frozen());
  EXPECT_EQ(replacements(), 0U);
}

TEST_F(FreezeTest, AnotherLeaderWhoseClockIsAheadEndsNoFreeze) {
  serve(6);
  pass(30s, three_);
  pass(30s, {"a-1"});
  ASSERT_TRUE(is_frozen());
  world_.take_over(1h);
  for (const char* name : {"a-2", "a-3", "a-4", "b-1", "b-2"}) world_.hear(name);
  pass(50s, {"a-1"});
  EXPECT_TRUE(is_frozen()) << "neither its hour nor the minute of calm has passed";
  pass(70s, three_);
  EXPECT_TRUE(is_frozen());
  world_.take_over(1h);
  for (const char* name : {"a-4", "b-1", "b-2"}) world_.hear(name);
  pass(90s, three_);
  EXPECT_TRUE(is_frozen()) << "they are silent, and not since so long that nobody counts them";
  pass(1h, three_);
  EXPECT_FALSE(is_frozen());
}

TEST_F(FreezeTest, TwoNodesAreNoBlast) {
  serve(6);
  pass(30s, {"a-1", "a-2"});
  EXPECT_FALSE(is_frozen());
  EXPECT_EQ(world_.staying().size(), 6U);
}

TEST_F(FreezeTest, AThirdOfASiteIsNotMoreThanAThird) {
  for (int i = 5; i <= 9; ++i) world_.add_node("a-" + std::to_string(i), "site-a");
  serve(9);
  pass(30s, three_);
  EXPECT_FALSE(is_frozen());
  pass(30s, {"a-1", "a-2", "a-3", "a-4"});
  EXPECT_TRUE(is_frozen());
}

TEST_F(FreezeTest, NodesThatFallSilentOneByOneAreReplaced) {
  serve(6);
  pass(70s, {"a-1"});
  pass(70s, {"a-1", "a-2"});
  pass(70s, {"a-1", "a-2", "a-3"});
  EXPECT_FALSE(is_frozen());
  EXPECT_EQ(world_.staying().size(), 6U);
}

TEST_F(FreezeTest, ItEndsWhenFewerHaveBeenSilentForAMinute) {
  serve(6);
  pass(30s, three_);
  pass(50s, {"a-1"});
  EXPECT_TRUE(is_frozen());
  pass(10s, three_);
  pass(50s, {"a-1"});
  EXPECT_TRUE(is_frozen()) << "the minute begins anew";
  pass(20s, {"a-1"});
  EXPECT_FALSE(is_frozen());
  EXPECT_TRUE(world_.has_event("site.thawed"));
  world_.settle();
  EXPECT_EQ(world_.staying().size(), 6U);
}

TEST_F(FreezeTest, AnOperatorEndsItAndTheSameSilenceMakesNoOther) {
  serve(6);
  pass(30s, three_);
  ASSERT_TRUE(is_frozen());
  commit_thaw();
  EXPECT_FALSE(is_frozen());
  pass(30s, three_);
  EXPECT_FALSE(is_frozen());
  EXPECT_EQ(world_.staying().size(), 6U);
  EXPECT_TRUE(thaw(world_.state, "site-a", world_.clock.wall())->empty()) << "it is thawed";
  EXPECT_TRUE(thaw(world_.state, "site-b", world_.clock.wall())->empty());
  EXPECT_EQ(thaw(world_.state, "site-c", world_.clock.wall()).error()[0].code, ErrorCode::kNotFound);
}

TEST_F(FreezeTest, ItEndsAfterAnHour) {
  serve(6);
  pass(30s, three_);
  pass(59min, three_);
  EXPECT_TRUE(is_frozen());
  pass(2min, three_);
  EXPECT_FALSE(is_frozen());
  EXPECT_EQ(world_.staying().size(), 6U);
}

TEST_F(FreezeTest, AChangeOfLeaderNeitherLosesNorMakesOne) {
  serve(6);
  pass(30s, three_);
  world_.take_over();
  for (const char* name : {"a-4", "b-1", "b-2"}) world_.hear(name);
  pass(80s, three_);
  EXPECT_TRUE(is_frozen());
  EXPECT_EQ(world_.staying().size(), 3U);

  World other;
  for (const char* name : {"a-1", "a-2", "a-3"}) other.add_node(name, "site-a");
  other.take_over();
  other.clock.advance(20s);
  other.settle();
  EXPECT_TRUE(why_frozen(other.state, "site-a").empty()) << "Agents take their time to find a new leader";
}

TEST_F(FreezeTest, ReplacementsOfASiteAreLimitedWithinAMinute) {
  Replacements fresh(world_.state, world_.time());
  EXPECT_EQ(fresh.left("site-a"), Replacements::kPerMinute);
  for (size_t i = 0; i < Replacements::kPerMinute; ++i) fresh.take("site-a");
  EXPECT_EQ(fresh.left("site-a"), 0U);
  EXPECT_EQ(fresh.left("site-b"), Replacements::kPerMinute);
  EXPECT_EQ(fresh.next("site-a"), world_.clock.wall() + 60s);

  serve(6);
  pass(20s, {"a-1"});
  EXPECT_EQ(Replacements(world_.state, world_.time()).left("site-a"), Replacements::kPerMinute - 1);
  pass(62s, {"a-1"});
  EXPECT_EQ(Replacements(world_.state, world_.time()).left("site-a"), Replacements::kPerMinute);
}

TEST_F(FreezeTest, AWallClockThatIsAheadLetsNoMoreThrough) {
  model::Task task;
  task.set_site("site-a");
  for (size_t i = 0; i <= Replacements::kPerMinute; ++i) {
    task.set_id("t-" + std::to_string(i));
    if (i > 0) task.set_replaces("t-0");
    *task.mutable_created_at() = model::to_proto(world_.clock.wall());
    world_.put(world_.state.state_keys().task(task.id()), task.SerializeAsString());
  }
  world_.take_over(1h);
  EXPECT_EQ(Replacements(world_.state, world_.time()).left("site-a"), 0U);
  EXPECT_EQ(Replacements(world_.state, world_.time()).next("site-a"), world_.clock.wall() + 60s);
  world_.clock.advance(60s);
  EXPECT_EQ(Replacements(world_.state, world_.time()).left("site-a"), Replacements::kPerMinute);
}

TEST_F(FreezeTest, MoreThanTheLimitFollowWhenTheMinuteIsOver) {
  serve(6);
  model::Task other;  // of another Service, at the same Site
  other.set_site("site-a");
  for (size_t i = 0; i <= Replacements::kPerMinute; ++i) {
    other.set_id("t-" + std::to_string(i));
    if (i > 0) other.set_replaces("t-0");
    *other.mutable_created_at() = model::to_proto(world_.clock.wall() + 10s);
    world_.put(world_.state.state_keys().task(other.id()), other.SerializeAsString());
  }
  pass(20s, {"a-1"});
  EXPECT_EQ(world_.staying().size(), 5U + 1 + Replacements::kPerMinute) << "those above live on";
  EXPECT_NE(waiting().find("within a minute"), std::string::npos) << waiting();
  pass(52s, {"a-1"});
  EXPECT_EQ(waiting(), "");
  EXPECT_EQ(world_.staying().size(), 6U + 1 + Replacements::kPerMinute);
}

}  // namespace
}  // namespace hancock::master
