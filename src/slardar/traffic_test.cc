#include "slardar/traffic.h"

#include <gtest/gtest.h>

#include "slardar/snapshot_builder.h"
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
    const registry::Position position{1, store::Revision(static_cast<int64_t>(number_))};
    traffic_.apply(std::make_shared<const Snapshot>(build_snapshot(records_, position, number_)));
  }
  static RouteFinder by_host(std::string host) {
    return [host = std::move(host)](const Snapshot& snapshot) { return snapshot.http.find(host, "/"); };
  }
  PinnedRoute pin(const std::string& host) { return *traffic_.pin(by_host(host)(*traffic_.present())); }
  Pick pick(PinnedRoute& pinned) {
    return traffic_.pick(pinned, {}, Pick::Kind::kFirst, by_host("shop.test"));
  }

  registry::Keys keys_;
  RecordSet records_;
  uint64_t number_ = 0;
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

// Random traffic and random swaps: what is said of leaving Tasks is always what is really in flight on them.
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

}  // namespace
}  // namespace hancock::slardar
