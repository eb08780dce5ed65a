#include "master/leadership.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "store/memory_store.h"

namespace hancock::master {
namespace {

using store::MemoryServer;
using store::MemoryStore;

struct Master {
  Master(io::Loop& loop, MemoryServer& server, const std::string& name, int rank)
      : store(server), leadership(loop, system_clock(), store, options(name, rank)) {}

  static LeadershipOptions options(const std::string& name, int rank) {
    LeadershipOptions result{.master = name, .rank = rank};
    result.heartbeat = 10ms;
    result.silence = 60ms;
    result.silence_step = 30ms;
    result.effect_limit = 40ms;
    return result;
  }

  MemoryStore store;
  Leadership leadership;
};

struct Rivals {
  io::Loop loop;
  MemoryServer server{loop};
  Master first{loop, server, "one", 0};
  Master second{loop, server, "two", 1};

  io::Async<bool> until(std::function<bool()> holds) {
    const TimePoint deadline = loop.now() + 5s;
    while (!holds() && loop.now() < deadline) co_await loop.sleep_for(1ms);
    co_return holds();
  }
};

io::Async<void> one_leads(Rivals& world) {
  io::Scope scope;
  scope.spawn(world.first.leadership.run());
  const std::function<bool()> first_leads = [&] { return world.first.leadership.may_act(); };
  EXPECT_TRUE(co_await world.until(first_leads));
  scope.spawn(world.second.leadership.run());
  co_await world.loop.sleep_for(250ms);
  EXPECT_TRUE(world.first.leadership.reign());
  EXPECT_FALSE(world.second.leadership.reign()) << "the heartbeat goes on";
  EXPECT_EQ(world.first.leadership.reign()->term, 1);
  EXPECT_EQ(world.second.leadership.leader()->master, "one");
  scope.cancel();
}

TEST(Leadership, TheFirstLeadsAndTheOtherWaits) {
  Rivals world;
  world.loop.block_on(one_leads(world));
}

io::Async<void> one_falls_silent(Rivals& world) {
  io::Scope scope;
  io::Scope silenced;
  silenced.spawn(world.first.leadership.run());
  const std::function<bool()> first_leads = [&] { return world.first.leadership.reign().has_value(); };
  EXPECT_TRUE(co_await world.until(first_leads));
  scope.spawn(world.second.leadership.run());
  const Reign old = *world.first.leadership.reign();
  silenced.cancel();
  const std::function<bool()> second_leads = [&] { return world.second.leadership.reign().has_value(); };
  EXPECT_TRUE(co_await world.until(second_leads));
  EXPECT_EQ(world.second.leadership.reign()->term, old.term + 1);
  EXPECT_GT(world.second.leadership.reign()->fence, old.fence);
  EXPECT_FALSE(world.first.leadership.may_act()) << "its last write is too old";

  store::Transaction late;
  late.compares.push_back(world.first.leadership.fence(old));
  late.operations.push_back(store::Operation::put("/hancock/state/x", "late"));
  const auto written = co_await world.first.store.commit(std::move(late), world.loop.now() + 1s);
  EXPECT_TRUE(written && !written->succeeded) << "a deposed leader's writes fail as a whole";
  scope.cancel();
}

TEST(Leadership, PassesOnWhenTheHeartbeatStandsStill) {
  Rivals world;
  world.loop.block_on(one_falls_silent(world));
}

io::Async<void> deposed(Rivals& world) {
  io::Scope scope;
  scope.spawn(world.first.leadership.run());
  const std::function<bool()> first_leads = [&] { return world.first.leadership.reign().has_value(); };
  EXPECT_TRUE(co_await world.until(first_leads));
  store::Transaction coup;
  coup.operations.push_back(store::Operation::put(world.first.leadership.leader_key(), ""));
  co_await world.second.store.commit(std::move(coup), world.loop.now() + 1s);
  const std::function<bool()> stepped_down = [&] { return !world.first.leadership.reign().has_value(); };
  EXPECT_TRUE(co_await world.until(stepped_down));
  scope.cancel();
}

TEST(Leadership, StepsDownWhenTheRecordIsNoLongerItsOwn) {
  Rivals world;
  world.loop.block_on(deposed(world));
}

}  // namespace
}  // namespace hancock::master
