#include "slardar/upstream/traffic.h"

#include <gtest/gtest.h>

#include "slardar/confd/snapshot_builder.h"
#include "slardar/testing/records.h"

namespace hancock::slardar {
namespace {

using testing::barrier_of;
using testing::endpoint_of;
using testing::key_of;
using testing::route_of;

/// A worker's Traffic and the records that its snapshots are built from.
class TrafficTest : public ::testing::Test {
 protected:
  void put(const registry::Route& route) { records_.put(key_of(route), encode(route)); }
  void put(const registry::Endpoint& endpoint) { records_.put(key_of(endpoint), encode(endpoint)); }
  void swap() {
    ++number_;
    const store::Revision revision(static_cast<int64_t>(number_));
    traffic_.apply(std::make_shared<const Snapshot>(build_snapshot(records_, revision, number_)), now_);
  }
  static RouteFinder by_host(std::string host) {
    return [host = std::move(host)](const Snapshot& snapshot) { return snapshot.http->find(host, "/"); };
  }
  PinnedRoute pin(const std::string& host) { return *traffic_.pin(by_host(host)(*traffic_.present())); }
  Pick pick(PinnedRoute& pinned) {
    return traffic_.pick(pinned, {}, Pick::Kind::kFirst, by_host("shop.test"), now_);
  }

  registry::Keys keys_;
  RecordSet records_;
  uint64_t number_ = 0;
  TimePoint now_{1h};
  Traffic traffic_{0, 1};
};

TEST_F(TrafficTest, a_pick_is_counted_from_the_moment_it_is_made) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  records_.put(keys_.barrier("b1"), encode(barrier_of("b1", {"other"})));
  swap();
  PinnedRoute pinned = pin("shop.test");
  {
    const Pick first = pick(pinned);
    ASSERT_TRUE(first);
    EXPECT_EQ(first.peer().in_flight, 1U);
    const Pick second = pick(pinned);
    EXPECT_EQ(second.peer().in_flight, 2U);
    EXPECT_EQ(second.upstream().in_flight, 2U);
  }
  EXPECT_EQ(pick(pinned).peer().in_flight, 1U);
}

TEST_F(TrafficTest, after_a_swap_a_pinned_request_picks_from_the_new_snapshot_only) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  swap();
  PinnedRoute pinned = pin("shop.test");
  records_.remove(key_of(endpoint_of("web", "t1", 20001)));
  put(endpoint_of("web", "t2", 20002));
  swap();
  const Pick next = pick(pinned);
  ASSERT_TRUE(next);
  EXPECT_EQ(next.peer().task, "t2");
}

TEST_F(TrafficTest, when_its_version_has_gone_a_request_goes_where_the_route_leads_now) {
  auto route = route_of("web", {"shop.test"});
  put(route);
  put(endpoint_of("web", "t1", 20001, 1));
  put(endpoint_of("web", "t2", 20002, 2));
  swap();
  PinnedRoute pinned = pin("shop.test");
  route.split = {{2, 1}};
  put(route);
  records_.put(keys_.barrier("b1"), encode(barrier_of("b1", {"t1"})));
  swap();
  EXPECT_EQ(pick(pinned).peer().task, "t2");
}

TEST_F(TrafficTest, a_request_never_moves_to_another_services_route) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  swap();
  PinnedRoute pinned = pin("shop.test");
  records_.remove(key_of(route_of("web", {})));
  put(route_of("thief", {"shop.test"}));
  put(endpoint_of("thief", "t2", 20002));
  records_.remove(key_of(endpoint_of("web", "t1", 0)));
  swap();
  EXPECT_FALSE(pick(pinned));
}

TEST_F(TrafficTest, tasks_that_leave_are_counted_until_the_last_try_ends) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  swap();
  PinnedRoute pinned = pin("shop.test");
  int changes = 0;
  traffic_.on_leaving_change([&] { ++changes; });
  {
    const Pick running = pick(pinned);
    records_.put(keys_.barrier("b1"), encode(barrier_of("b1", {"t1", "t9"})));
    swap();
    EXPECT_EQ(traffic_.leaving_in_flight(), (std::map<std::string, uint64_t>{{"t1", 1}, {"t9", 0}}));
    EXPECT_FALSE(pick(pinned)) << "nothing new goes to a Task that leaves";
  }
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(traffic_.leaving_in_flight().at("t1"), 0U);
}

TEST_F(TrafficTest, a_peer_is_forgotten_when_nothing_lists_or_uses_it) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  swap();
  PinnedRoute pinned = pin("shop.test");
  const auto peers = [&] {
    size_t count = 0;
    traffic_.each_peer([&](const Peer&) { ++count; });
    return count;
  };
  {
    const Pick running = pick(pinned);
    records_.remove(key_of(endpoint_of("web", "t1", 0)));
    records_.remove(key_of(route_of("web", {})));
    swap();
    EXPECT_EQ(peers(), 1U);
  }
  EXPECT_EQ(peers(), 0U);
}

TEST_F(TrafficTest, versions_share_by_weight_and_empty_ones_get_nothing) {
  auto route = route_of("web", {"shop.test"});
  route.split = {{1, 75}, {2, 25}, {3, 1000}};
  put(route);
  put(endpoint_of("web", "t1", 20001, 1));
  put(endpoint_of("web", "t2", 20002, 2));
  swap();
  std::map<std::string, int> counts;
  for (int i = 0; i < 4000; ++i) {
    PinnedRoute pinned = pin("shop.test");
    ++counts[pick(pinned).peer().task];
  }
  EXPECT_NEAR(counts["t1"], 3000, 150);
  EXPECT_NEAR(counts["t2"], 1000, 150);
}

TEST_F(TrafficTest, a_version_whose_servers_all_weigh_nothing_gets_nothing) {
  auto route = route_of("web", {"shop.test"});
  route.split = {{1, 1}, {2, 1}};
  put(route);
  auto parked = endpoint_of("web", "t1", 20001, 1);
  parked.weight = 0;
  put(parked);
  put(endpoint_of("web", "t2", 20002, 2));
  swap();
  for (int i = 0; i < 50; ++i) {
    PinnedRoute pinned = pin("shop.test");
    ASSERT_TRUE(pick(pinned));
  }
}

// A request that was begun on one port never ends on another one.
TEST_F(TrafficTest, entrances_that_change_places_do_not_inherit_each_others_servers) {
  auto route = route_of("web", {"shop.test"});
  auto admin = route.entrances[0];
  admin.hosts = {"admin.test"};
  admin.port = "admin";
  route.entrances.push_back(admin);
  put(route);
  auto endpoint = endpoint_of("web", "t1", 20001);
  endpoint.ports = {{"http", 20001}, {"admin", 20002}};
  put(endpoint);
  swap();
  PinnedRoute pinned = pin("shop.test");
  std::swap(route.entrances[0], route.entrances[1]);
  put(route);
  swap();
  EXPECT_EQ(pick(pinned).peer().address.port(), 20001);
}

TEST_F(TrafficTest, a_narrowed_pin_keeps_its_route_and_lets_the_snapshot_go) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  const auto first = std::make_shared<const Snapshot>(build_snapshot(records_, {}, 1));
  traffic_.apply(first, now_);
  PinnedRoute pinned = pin("shop.test");
  swap();
  EXPECT_GT(first.use_count(), 1);
  pinned.narrow();
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(pinned.route->service, "web");
}

TEST_F(TrafficTest, swaps_that_do_not_touch_an_upstream_leave_it_as_it_was) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002));
  swap();
  PinnedRoute pinned = pin("shop.test");
  std::map<std::string, int> counts;
  for (int i = 0; i < 10; ++i) {
    ++counts[pick(pinned).peer().task];
    put(route_of("other", {"other.test"}, i + 2));
    swap();
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"t1", 5}, {"t2", 5}}));
}

TEST_F(TrafficTest, versions_long_gone_are_counted_together) {
  for (uint32_t version = 1; version <= 3; ++version) {
    auto route = route_of("web", {"shop.test"});
    route.split = {{version, 1}};
    put(route);
    put(endpoint_of("web", "t1", 20001, version));
    swap();
    PinnedRoute pinned = pin("shop.test");
    pick(pinned).upstream().requests.add(200);
  }
  const TimePoint now = BootClock::now();
  traffic_.prune(now);
  EXPECT_EQ(traffic_.requests().size(), 3U);
  traffic_.prune(now + 2h);
  const Labels together{"default", "shop", "web", ""};
  EXPECT_EQ(traffic_.requests().size(), 2U);
  EXPECT_EQ(traffic_.requests().at(together).begin()->count, 2U);
}

// Random traffic and random swaps: what is said of leaving Tasks is always what
// is really in flight on them.
TEST_F(TrafficTest, counts_are_true_whatever_happens) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SeededRandom random(seed);
    records_ = RecordSet();
    put(route_of("web", {"shop.test"}));
    std::vector<std::pair<std::string, Pick>> running;
    for (int step = 0; step < 120; ++step) {
      const std::string task = "t" + std::to_string(random.below(5));
      const auto port = static_cast<uint16_t>(20000 + random.below(3));
      switch (random.below(6)) {
        case 0:
          put(endpoint_of("web", task, port));
          break;
        case 1:
          records_.remove(key_of(endpoint_of("web", task, port)));
          break;
        case 2:
          records_.put(keys_.barrier("b"), encode(barrier_of("b", {task, "t0"})));
          break;
        case 3:
          records_.remove(keys_.barrier("b"));
          break;
        case 4:
          if (!running.empty())
            running.erase(running.begin() + static_cast<long>(random.below(running.size())));
          break;
        default:
          swap();
      }
      if (auto pinned = traffic_.pin(by_host("shop.test")(*traffic_.present()))) {
        Pick next = pick(*pinned);
        if (next) {
          EXPECT_FALSE(traffic_.present()->leaving.contains(next.peer().task)) << "seed " << seed;
          std::string on = next.peer().task;
          running.emplace_back(std::move(on), std::move(next));
        }
      }
      for (const auto& [leaving, count] : traffic_.leaving_in_flight()) {
        const auto real = std::count_if(running.begin(), running.end(),
                                        [&, name = leaving](const auto& each) { return each.first == name; });
        EXPECT_EQ(count, static_cast<uint64_t>(real)) << "seed " << seed << " step " << step;
      }
    }
  }
}

TEST_F(TrafficTest, who_could_not_be_reached_rests_while_others_are_left) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002));
  swap();
  PinnedRoute pinned = pin("shop.test");
  const auto fail_one = [&] {
    const Pick failed = pick(pinned);
    failed.upstream().note_unreachable(failed.peer(), now_);
    return failed.peer().task;
  };
  const std::string dead = fail_one();
  for (int i = 0; i < 4; ++i) EXPECT_NE(pick(pinned).peer().task, dead);

  // After its rest one visitor tries it, and nobody else until that one knows.
  now_ += 3s;
  int tries = 0;
  for (int i = 0; i < 6; ++i) tries += pick(pinned).peer().task == dead ? 1 : 0;
  EXPECT_EQ(tries, 1);

  // When nobody is left it is tried whatever.
  fail_one();
  EXPECT_TRUE(pick(pinned));
}

TEST_F(TrafficTest, who_could_be_reached_again_has_his_share_at_once) {
  put(route_of("web", {"shop.test"}));
  put(endpoint_of("web", "t1", 20001));
  put(endpoint_of("web", "t2", 20002));
  swap();
  PinnedRoute pinned = pin("shop.test");
  {
    const Pick failed = pick(pinned);
    failed.upstream().note_unreachable(failed.peer(), now_);
    failed.upstream().note_reached(failed.peer(), now_);
  }
  const std::string first = pick(pinned).peer().task;
  EXPECT_NE(pick(pinned).peer().task, first);
}

}  // namespace
}  // namespace hancock::slardar
