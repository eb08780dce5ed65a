// The leader's loop over a store in memory that misbehaves: restored copies, events that the watch loses.
#include "master/reconciler.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "master/core/assignments.h"
#include "master/core/reports.h"
#include "master/core/requests.h"
#include "model/time.h"
#include "store/memory_store.h"

namespace hancock::master {
namespace {

// A brain without its API.
struct LeaderParts {
  LeaderParts(io::Loop& loop, store::MemoryServer& server)
      : store(server),
        clock(system_clock()),
        replica(loop, store, random, registry::Keys()),
        leadership(loop, system_clock(), store, options()),
        committer(loop, clock, store, replica.state(), leadership, metrics),
        decisions(loop, replica, committer, leadership),
        reconciler({loop, clock, random, store, replica, leadership, committer, decisions, metrics},
                   [](const State&) { return Result<Change>(Change()); }) {
    scope.spawn(replica.run());
    scope.spawn(leadership.run());
    scope.spawn(reconciler.run());
    scope.spawn(reconciler.watch_for_gaps());
    scope.spawn(reconciler.watch_for_restores());
  }
  ~LeaderParts() { scope.cancel(); }

  static LeadershipOptions options() {
    LeadershipOptions result{.master = "one"};
    result.heartbeat = 10ms;
    result.silence = 60ms;
    return result;
  }

  SeededRandom random{1};
  store::MemoryStore store;
  LeaderClock clock;
  Metrics metrics;
  Replica replica;
  Leadership leadership;
  Committer committer;
  Decisions decisions;
  Reconciler reconciler;
  io::Scope scope;
};

model::AppSpec spec_of(std::initializer_list<const char*> services, uint32_t replicas) {
  model::AppSpec spec;
  spec.set_tenant("default");
  spec.set_app("shop");
  for (const char* name : services) {
    model::ServiceSpec& service = (*spec.mutable_services())[name];
    service.set_image("shop:1");
    service.set_replicas(replicas);
    service.mutable_update()->set_keep_versions(1);
  }
  return spec;
}

class ReconcilerTest : public testing::Test {
 protected:
  const State& state() const { return leader_.replica.state(); }

  void until(std::function<bool()> holds) { loop_.block_on(wait_until(std::move(holds))); }
  io::Async<void> wait_until(std::function<bool()> holds) {
    const TimePoint deadline = loop_.now() + 10s;
    while (!holds() && loop_.now() < deadline) co_await loop_.sleep_for(1ms);
    EXPECT_TRUE(holds());
  }
  void until_it_serves() {
    until([this] { return leader_.reconciler.serving(); });
  }
  void write(Decisions::Decide decide) { loop_.block_on(commit(std::move(decide))); }
  io::Async<void> commit(Decisions::Decide decide) {
    const auto written = co_await leader_.decisions.write(decide, loop_.now() + 5s);
    EXPECT_TRUE(written) << written.error().message;
  }
  void report(model::NodeReport report) {
    leader_.reconciler.heard("node-1");
    write([&](const State& now) -> Result<std::vector<Change>> {
      return apply_report(now, report, leader_.clock.wall());
    });
    leader_.reconciler.reported("node-1");
  }
  void join_node() {
    model::NodeReport node;
    node.set_node("node-1");
    node.set_full(true);
    node.mutable_capacity()->set_cpu_millis(8'000);
    node.mutable_capacity()->set_memory_bytes(uint64_t{8} << 30);
    report(node);
  }
  void apply(const model::AppSpec& spec) {
    write([&](const State& now) -> Result<std::vector<Change>> {
      auto outcome = apply_spec(now, spec, leader_.clock.wall(), leader_.random);
      if (!outcome) return fail(ErrorCode::kInvalid, "{}", outcome.error()[0].message);
      return std::move(outcome->changes);
    });
  }
  size_t tasks_of(const char* service) const {
    size_t live = 0;
    for (const std::string& id : state().tasks_of({"default", "shop", service}))
      live += is_live(state().task(id)->value);
    return live;
  }
  /// By another than the leader, which its watch does not bring.
  void put_unseen(const std::string& key, const std::string& value) {
    leader_.store.hold_watches(true);
    loop_.block_on(put(key, value));
    leader_.store.lose_pending_events();
    leader_.store.hold_watches(false);
  }
  io::Async<void> put(std::string key, std::string value) {
    store::Transaction transaction;
    transaction.operations.push_back(store::Operation::put(std::move(key), std::move(value)));
    const auto done = co_await outsider_.commit(std::move(transaction), loop_.now() + 1s);
    EXPECT_TRUE(done);
  }

  io::Loop loop_;
  store::MemoryServer server_{loop_};
  LeaderParts leader_{loop_, server_};
  store::MemoryStore outsider_{server_};
};

TEST_F(ReconcilerTest, AServiceWhoseRecordIsBehindHoldsNobodyElseUp) {
  until_it_serves();
  apply(spec_of({"a", "b"}, 1));
  const ServiceRef a{"default", "shop", "a"};
  until([&] { return state().service(a) != nullptr; });
  put_unseen(state().state_keys().service(a), state().service(a)->value.SerializeAsString());
  join_node();  // now both can be placed, but each Change for a is from a State that is behind
  until([this] { return tasks_of("b") == 1; });
  EXPECT_EQ(tasks_of("a"), 0U);
}

TEST_F(ReconcilerTest, TimeGoesOnFromWhereTheLeadersBeforeHadCome) {
  const WallTime ahead = system_clock().wall() + std::chrono::hours(1);
  model::Site site;
  site.set_name("site-1");
  *site.mutable_thawed_at() = model::to_proto(ahead);
  loop_.block_on(put(StateKeys().site("site-1"), site.SerializeAsString()));
  until_it_serves();
  until([this] { return state().last_event() > 0; });
  const model::Event elected = state().events().rbegin()->second.value.events(0);
  EXPECT_EQ(elected.kind(), "leader.elected");
  EXPECT_GE(model::from_proto(elected.time()), ahead);
  EXPECT_GE(leader_.clock.wall(), model::from_proto(elected.time()));
}

TEST_F(ReconcilerTest, AStoreThatWasRestoredBeginsAnotherEpoch) {
  until_it_serves();
  join_node();
  const store::KeySpace copy = server_.space();
  const int64_t kept = state().last_event();
  apply(spec_of({"a"}, 1));
  until([this] { return tasks_of("a") == 1; });
  ASSERT_GT(state().last_event(), kept);
  server_.restore(copy);
  until([this] { return leader_.reconciler.serving() && leader_.leadership.reign()->epoch == 2; });
  EXPECT_EQ(state().service({"default", "shop", "a"}), nullptr);
  const auto newest = leader_.replica.events().newest();
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->epoch, 2) << "leader.elected of the new reign";
  EXPECT_EQ(leader_.replica.events().size(), static_cast<size_t>(newest->number))
      << "nothing of the lost future";
  apply(spec_of({"a"}, 1));
  join_node();
  until([this] { return tasks_of("a") == 1; });
}

TEST_F(ReconcilerTest, AGatewayThatTheWatchHasNotBroughtIsWaitedFor) {
  until_it_serves();
  registry::GatewayRecord gateway;
  gateway.id = "gw-1";
  gateway.address = "10.0.0.1:80";
  gateway.site = "site-1";
  gateway.version = "1";
  gateway.applied = {1, {}};
  registry::Barrier barrier;
  barrier.id = "b-1";
  barrier.after = {1, {}};
  barrier.tasks = {"t-1"};
  join_node();
  model::Task task;
  task.set_id("t-1");
  task.set_tenant("default");
  task.set_app("shop");
  task.set_service("web");
  task.set_version(1);
  task.set_node("node-1");
  task.set_state(model::TASK_STATE_READY);
  task.set_intent(model::TASK_INTENT_DRAIN);
  task.set_barrier("b-1");
  put_unseen(state().keys().gateway("gw-1"), registry::encode(gateway));
  loop_.block_on(put(state().state_keys().task("t-1"), task.SerializeAsString()));
  loop_.block_on(put(state().keys().barrier("b-1"), registry::encode(barrier)));
  until([this] { return state().gateways().contains("gw-1"); });
  EXPECT_EQ(state().task("t-1")->value.intent(), model::TASK_INTENT_DRAIN) << "it has not let go";
  gateway.applied = {1, store::Revision(1'000'000)};
  loop_.block_on(put(state().keys().gateway("gw-1"), registry::encode(gateway)));
  until([this] { return state().task("t-1")->value.intent() == model::TASK_INTENT_RELEASE; });
}

}  // namespace
}  // namespace hancock::master
