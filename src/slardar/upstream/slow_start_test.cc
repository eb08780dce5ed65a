#include "slardar/upstream/slow_start.h"

#include <gtest/gtest.h>

#include <numeric>

#include "slardar/balance/round_robin.h"
#include "slardar/confd/snapshot_builder.h"
#include "slardar/testing/records.h"
#include "slardar/upstream/traffic.h"

namespace hancock::slardar {
namespace {

TEST(SlowStart, a_share_grows_in_a_line_and_never_shrinks) {
  EXPECT_EQ(share_at(0s, 30s), kFirstShare);
  EXPECT_EQ(share_at(-5s, 30s), kFirstShare) << "it is not usable yet";
  EXPECT_EQ(share_at(15s, 30s), (kFirstShare + kWholeShare) / 2);
  EXPECT_EQ(share_at(30s, 30s), kWholeShare);
  EXPECT_EQ(share_at(24h * 365, 1h), kWholeShare);
  uint32_t before = 0;
  for (Duration age{}; age <= 1h; age += 1234ms) {
    const uint32_t share = share_at(age, 1h);
    EXPECT_GE(share, before);
    before = share;
  }
}

// Whatever the weights and ages: each gets requests by its weight times its share.
TEST(SlowStart, round_robin_picks_by_weight_and_share) {
  constexpr int kPicks = 3'000;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SeededRandom random(seed);
    std::vector<Weighted> servers(2 + random.below(6));
    std::vector<uint32_t> shares;
    double sum = 0;
    for (size_t i = 0; i < servers.size(); ++i) {
      servers[i] = {i + 1, static_cast<uint32_t>(1 + random.below(10))};
      shares.push_back(share_at(std::chrono::milliseconds(random.below(40'000)), 30s));
      sum += servers[i].weight * shares[i];
    }
    RoundRobin balancer;
    balancer.update(servers);
    std::vector<int> counts(servers.size());
    for (int i = 0; i < kPicks; ++i) ++counts[*balancer.pick({.shares = shares})];
    for (size_t i = 0; i < servers.size(); ++i)
      EXPECT_NEAR(counts[i], kPicks * servers[i].weight * shares[i] / sum, 8) << "seed " << seed;
  }
}

/// A worker's Traffic for a Service that starts its Tasks in 30 s.
class SlowStartOfTasks : public ::testing::Test {
 protected:
  static constexpr int kPicks = 1'100;

  SlowStartOfTasks() {
    registry::Route route = testing::route_of("web", {"shop.test"});
    route.entrances[0].slow_start_ms = 30'000;
    records_.put(testing::key_of(route), encode(route));
    add(1);
    now_ += 1h;
    add(2);
  }
  registry::Endpoint task(int number) const {
    return testing::endpoint_of("web", "t" + std::to_string(number), static_cast<uint16_t>(20'000 + number));
  }
  void add(int number) {
    records_.put(testing::key_of(task(number)), encode(task(number)));
    swap();
  }
  void remove(int number) {
    records_.remove(testing::key_of(task(number)));
    swap();
  }
  void swap() {
    ++number_;
    const store::Revision revision(static_cast<int64_t>(number_));
    traffic_.apply(std::make_shared<const Snapshot>(build_snapshot(records_, revision, number_)), now_);
  }
  Pick pick() {
    const RouteFinder find = [](const Snapshot& snapshot) { return snapshot.http->find("shop.test", "/"); };
    PinnedRoute pinned = *traffic_.pin(find(*traffic_.present()));
    return traffic_.pick(pinned, {}, Pick::Kind::kFirst, find, now_);
  }
  Pick pick(const std::string& task) {
    while (true) {
      Pick one = pick();
      if (one.peer().task == task) return one;
    }
  }
  int picks_of(const std::string& task) {
    int count = 0;
    for (int i = 0; i < kPicks; ++i) count += pick().peer().task == task;
    return count;
  }
  void expect_cold(const std::string& task) { EXPECT_NEAR(picks_of(task), kPicks / 11, 3); }
  void expect_warm(const std::string& task) { EXPECT_NEAR(picks_of(task), kPicks / 2, 3); }

  RecordSet records_;
  uint64_t number_ = 0;
  TimePoint now_{1h};
  Traffic traffic_{0, 1};
};

TEST_F(SlowStartOfTasks, a_new_one_gets_more_and_more) {
  expect_cold("t2");
  now_ += 15s;
  EXPECT_NEAR(picks_of("t2"), kPicks * 0.55 / 1.55, 3);
  now_ += 15s;
  expect_warm("t2");
}

TEST_F(SlowStartOfTasks, goes_on_over_swaps) {
  now_ += 15s;
  add(3);
  remove(3);
  EXPECT_NEAR(picks_of("t2"), kPicks * 0.55 / 1.55, 3);
  now_ += 15s;
  expect_warm("t2");
}

TEST_F(SlowStartOfTasks, one_that_was_gone_begins_anew) {
  now_ += 1min;
  remove(2);
  now_ += 1min;
  add(2);
  expect_cold("t2");
}

TEST_F(SlowStartOfTasks, one_that_can_be_reached_again_begins_anew) {
  now_ += 1min;
  {
    const Pick one = pick("t2");
    one.upstream().note_reached(one.peer(), now_);
  }
  expect_warm("t2");
  {
    const Pick one = pick("t2");
    one.upstream().note_unreachable(one.peer(), now_);
    now_ += 5s;
    one.upstream().note_reached(one.peer(), now_);
  }
  expect_cold("t2");
}

TEST_F(SlowStartOfTasks, one_that_was_ejected_begins_anew) {
  now_ += 1min;
  {
    const Pick one = pick("t2");
    for (uint32_t i = 0; i < Ejection::kFailuresInRow; ++i) one.upstream().note_failed(one.peer(), now_);
  }
  EXPECT_EQ(picks_of("t2"), 0);
  now_ += Ejection::kFirst;
  expect_cold("t2");
}

TEST_F(SlowStartOfTasks, those_that_are_all_new_share_evenly) {
  remove(1);
  remove(2);
  now_ += 1min;
  add(1);
  add(2);
  expect_warm("t2");
}

}  // namespace
}  // namespace hancock::slardar
