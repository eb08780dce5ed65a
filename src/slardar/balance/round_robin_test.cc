#include "slardar/balance/round_robin.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "base/random.h"

namespace hancock::slardar {
namespace {

std::vector<size_t> picks(RoundRobin& balancer, size_t count) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < count; ++i) chosen.push_back(*balancer.pick({}));
  return chosen;
}

TEST(RoundRobin, weights_five_one_one_are_smooth) {
  RoundRobin balancer;
  const std::vector<Weighted> servers{{1, 5}, {2, 1}, {3, 1}};
  balancer.update(servers);
  EXPECT_EQ(picks(balancer, 7), (std::vector<size_t>{0, 0, 1, 0, 2, 0, 0}));
}

TEST(RoundRobin, no_server_is_no_pick) {
  RoundRobin balancer;
  EXPECT_FALSE(balancer.pick({}));
  const std::vector<Weighted> weightless{{1, 0}};
  balancer.update(weightless);
  EXPECT_FALSE(balancer.pick({}));
}

TEST(RoundRobin, tried_servers_are_not_picked_again) {
  RoundRobin balancer;
  const std::vector<Weighted> servers{{1, 1}, {2, 1}, {3, 1}};
  balancer.update(servers);
  const std::vector<uint8_t> tried{1, 0, 1};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(balancer.pick({.left_out = tried}), 1U);
  const std::vector<uint8_t> all{1, 1, 1};
  EXPECT_FALSE(balancer.pick({.left_out = all}));
}

TEST(RoundRobin, a_failure_halves_the_weight_rounded_up_and_it_grows_back_by_one) {
  RoundRobin balancer;
  const std::vector<Weighted> servers{{1, 100}, {2, 100}};
  balancer.update(servers);
  for (int i = 0; i < 3; ++i) balancer.failed(0, {});  // 50, 25, 13
  std::map<size_t, int> first;
  for (const size_t place : picks(balancer, 8)) ++first[place];
  EXPECT_EQ(first[0], 1);
  picks(balancer, 200);
  std::map<size_t, int> later;
  for (const size_t place : picks(balancer, 100)) ++later[place];
  EXPECT_EQ(later[0], 50);
}

// Whatever the weights: over one whole turn each server gets exactly its weight.
TEST(RoundRobin, over_a_turn_each_server_gets_its_weight) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededRandom random(seed);
    std::vector<Weighted> servers(1 + random.below(8));
    for (size_t i = 0; i < servers.size(); ++i)
      servers[i] = {i + 1, static_cast<uint32_t>(1 + random.below(20))};
    RoundRobin balancer;
    balancer.update(servers);
    const size_t turn = std::accumulate(servers.begin(), servers.end(), size_t{0},
                                        [](size_t sum, const Weighted& each) { return sum + each.weight; });
    std::map<size_t, uint32_t> counts;
    for (const size_t place : picks(balancer, turn)) ++counts[place];
    for (size_t i = 0; i < servers.size(); ++i) EXPECT_EQ(counts[i], servers[i].weight) << "seed " << seed;
  }
}

TEST(RoundRobin, an_update_keeps_the_position_of_servers_that_stay) {
  RoundRobin balancer;
  const std::vector<Weighted> servers{{1, 1}, {2, 1}};
  balancer.update(servers);
  EXPECT_EQ(balancer.pick({}), 0U);
  const std::vector<Weighted> reordered{{2, 1}, {1, 1}};
  balancer.update(reordered);
  EXPECT_EQ(balancer.pick({}), 0U);  // it is 2's turn still
}

}  // namespace
}  // namespace hancock::slardar
