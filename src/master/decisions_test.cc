// Decisions and the Committer under them, over a store in memory.
#include "master/decisions.h"

#include <gmock/gmock.h>

#include "io/scope.h"
#include "store/memory_store.h"

namespace hancock::master {
namespace {

using testing::ElementsAre;

// Everything that a leader writes with.
struct Leader {
  Leader(io::Loop& loop, store::MemoryServer& server, const std::string& name)
      : store(server),
        replica(loop, store, random, registry::Keys()),
        leadership(loop, system_clock(), store, options(name)),
        committer(loop, system_clock(), store, replica.state(), leadership, metrics),
        decisions(loop, replica, committer, leadership) {
    scope.spawn(replica.run());
    scope.spawn(leadership.run());
  }
  ~Leader() { scope.cancel(); }

  static LeadershipOptions options(const std::string& name) {
    LeadershipOptions result{.master = name};
    result.heartbeat = 10ms;
    result.silence = 60ms;
    return result;
  }

  SeededRandom random{1};
  store::MemoryStore store;
  Metrics metrics;
  Replica replica;
  Leadership leadership;
  Committer committer;
  Decisions decisions;
  io::Scope scope;
};

struct DecisionWorld {
  io::Loop loop;
  store::MemoryServer server{loop};
  Leader leader{loop, server, "one"};

  io::Async<void> until(std::function<bool()> holds) {
    const TimePoint deadline = loop.now() + 5s;
    while (!holds() && loop.now() < deadline) co_await loop.sleep_for(1ms);
    EXPECT_TRUE(holds());
  }
  io::Async<void> until_it_leads(Leader& who) {
    const std::function<bool()> leads = [&] { return who.leadership.reign() && who.replica.loaded(); };
    co_await until(leads);
  }
  std::vector<int64_t> event_numbers() const {
    std::vector<int64_t> numbers;
    for (const auto& [first, batch] : leader.replica.state().events()) {
      for (const auto& event : batch.value.events()) numbers.push_back(event.number());
    }
    return numbers;
  }
};

Change with_events(int count) {
  Change change;
  for (int i = 0; i < count; ++i) {
    change.events.emplace_back();
    change.events.back().set_kind("task.ready");
  }
  return change;
}

Result<std::vector<Change>> three_changes(const State&) {
  std::vector<Change> changes;
  changes.push_back(with_events(2));
  changes.push_back(with_events(0));
  changes.push_back(with_events(1));
  changes[1].operations.push_back(store::Operation::put("/hancock/state/apps/default/shop", ""));
  return changes;
}

io::Async<void> numbered(DecisionWorld& world) {
  co_await world.until_it_leads(world.leader);
  const Decisions::Decide decide = &three_changes;
  for (int i = 0; i < 2; ++i) {
    auto written = co_await world.leader.decisions.write(decide, world.loop.now() + 5s);
    EXPECT_TRUE(written);
    if (written) {
      EXPECT_GE(world.leader.replica.state().revision(), *written) << "State is there";
    }
  }
}

TEST(Decisions, EventsAreNumberedWithoutAGap) {
  DecisionWorld world;
  world.loop.block_on(numbered(world));
  EXPECT_THAT(world.event_numbers(), ElementsAre(1, 2, 3, 4, 5, 6));
  const auto& last = world.leader.replica.state().events().rbegin()->second.value.events(0);
  EXPECT_EQ(last.id(), "1-6");
  EXPECT_TRUE(last.has_time());
}

// What somebody else changes between decision and commit makes it be decided again.
io::Async<void> raced(DecisionWorld& world, int& asked) {
  co_await world.until_it_leads(world.leader);
  store::MemoryStore other(world.server);
  const std::string key = "/hancock/state/tenants/acme";
  const Decisions::Decide decide = [&](const State& state) -> Result<std::vector<Change>> {
    ++asked;
    const auto tenant = state.tenants().find("acme");
    std::vector<Change> changes(1);
    model::Tenant record;
    record.set_name("acme");
    // The first time from what is not true: as if the other had been quicker.
    const store::Revision seen =
        tenant == state.tenants().end() ? store::Revision(7) : tenant->second.revision;
    changes[0].replace(key, record, asked == 1 ? store::Revision(7) : asked == 2 ? store::Revision() : seen);
    return changes;
  };
  auto written = co_await world.leader.decisions.write(decide, world.loop.now() + 5s);
  EXPECT_TRUE(written);
}

TEST(Decisions, AreMadeAgainWhenTheirGuardsDoNotHold) {
  DecisionWorld world;
  int asked = 0;
  world.loop.block_on(raced(world, asked));
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(world.leader.replica.state().tenants().contains("acme"));
}

io::Async<void> refused(DecisionWorld& world) {
  co_await world.until_it_leads(world.leader);
  const Decisions::Decide decide = [](const State&) -> Result<std::vector<Change>> {
    return fail(ErrorCode::kNotFound, "there is no such thing");
  };
  auto written = co_await world.leader.decisions.write(decide, world.loop.now() + 5s);
  EXPECT_FALSE(written);
  if (!written) {
    EXPECT_EQ(written.error().code, ErrorCode::kNotFound);
  }
}

TEST(Decisions, ThatRefuseWriteNothing) {
  DecisionWorld world;
  world.loop.block_on(refused(world));
  EXPECT_TRUE(world.event_numbers().empty());
}

// It was written, but nobody says so: what follows goes on behind it.
io::Async<void> unanswered(DecisionWorld& world) {
  co_await world.until_it_leads(world.leader);
  world.leader.store.set_answers_lost(true);
  auto lost = co_await world.leader.committer.commit(with_events(2));
  EXPECT_FALSE(lost);
  world.leader.store.set_answers_lost(false);
  const Decisions::Decide decide = &three_changes;
  auto written = co_await world.leader.decisions.write(decide, world.loop.now() + 5s);
  EXPECT_TRUE(written);
}

TEST(Decisions, AnAnswerThatIsLostLeavesNoGap) {
  DecisionWorld world;
  world.loop.block_on(unanswered(world));
  EXPECT_THAT(world.event_numbers(), ElementsAre(1, 2, 3, 4, 5));
}

// The record changes hands while a decision is on its way: the fence is behind, and nothing of it is written.
io::Async<void> deposed_meanwhile(DecisionWorld& world) {
  co_await world.until_it_leads(world.leader);
  store::MemoryStore other(world.server);
  store::Transaction coup;
  coup.operations.push_back(store::Operation::put(world.leader.leadership.leader_key(), ""));
  auto taken = co_await other.commit(std::move(coup), world.loop.now() + 1s);
  EXPECT_TRUE(taken && taken->succeeded);
  auto written = co_await world.leader.committer.commit(with_events(1));
  EXPECT_FALSE(written);
  if (!written) {
    EXPECT_EQ(written.error().code, ErrorCode::kConflict);
  }
}

TEST(Committer, ADeposedLeaderWritesNothing) {
  DecisionWorld world;
  world.loop.block_on(deposed_meanwhile(world));
  EXPECT_TRUE(world.event_numbers().empty());
}

}  // namespace
}  // namespace hancock::master
