// What holds for every balancer of the table, whatever it goes by. Each seed is another world.
#include "slardar/balance/balancers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <queue>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

// Those that are the same but for their key stand for one another.
constexpr const char* kAll[] = {"rr", "hash", "least_conn", "p2c", "ewma"};

using Servers = std::vector<Weighted>;

/// 1 to `most` servers of weights 0 to `heaviest`.
Servers some_servers(SeededRandom& random, size_t most, uint32_t lightest, uint32_t heaviest) {
  Servers servers(1 + random.below(most));
  for (Weighted& server : servers)
    server = {random.next(), static_cast<uint32_t>(lightest + random.below(heaviest - lightest + 1))};
  return servers;
}

uint64_t sum_of(const Servers& servers) {
  return std::accumulate(servers.begin(), servers.end(), uint64_t{0},
                         [](uint64_t sum, const Weighted& each) { return sum + each.weight; });
}

class EveryBalancer : public ::testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Balancer> make() const { return (*find_balancer(GetParam()))->make(); }
};
INSTANTIATE_TEST_SUITE_P(Balancers, EveryBalancer, ::testing::ValuesIn(kAll),
                         [](const auto& kind) { return std::string(kind.param); });

/// A balancer whose list, servers' states and tries change all the time.
class Turmoil {
 public:
  Turmoil(Balancer& balancer, uint64_t seed) : balancer_(balancer), random_(seed) { update(); }

  void step() {
    switch (random_.below(12)) {
      case 0:
        return update();
      case 1:
        left_out_.assign(random_.below(4) == 0 ? 0 : servers_.size(), 0);
        for (uint8_t& each : left_out_) each = random_.below(3) == 0;
        return;
      case 2:
        shares_.assign(random_.below(2) == 0 ? 0 : servers_.size(), kFirstShare);
        for (uint32_t& each : shares_)
          each += static_cast<uint32_t>(random_.below(kWholeShare - kFirstShare + 1));
        return;
      case 3:
        return balancer_.failed(random_.below(servers_.size()), now_);
      default:
        return pick();
    }
  }

 private:
  void update() {
    const Servers before = servers_;
    servers_ = some_servers(random_, 12, 0, 3);
    for (size_t i = 0; i < std::min(before.size(), servers_.size()); ++i)
      if (random_.below(2) == 0) servers_[i].identity = before[before.size() - 1 - i].identity;
    balancer_.update(servers_);
    left_out_.clear();
    shares_.clear();
    on_.clear();
  }
  void pick() {
    now_ += std::chrono::microseconds(random_.below(100'000));
    Choice choice;
    choice.left_out = left_out_;
    choice.shares = shares_;
    choice.key = random_.next();
    choice.now = now_;
    choice.random = &random_;
    const auto place = balancer_.pick(choice);
    const auto is_usable = [&](size_t each) { return servers_[each].weight > 0 && !choice.leaves_out(each); };
    bool any = false;
    for (size_t each = 0; each < servers_.size(); ++each) any |= is_usable(each);
    ASSERT_EQ(place.has_value(), any) << "somebody, if anybody is usable";
    if (!place) return;
    ASSERT_LT(*place, servers_.size());
    ASSERT_TRUE(is_usable(*place));
    balancer_.began(*place);
    on_.push_back(*place);
    if (random_.below(3) == 0)
      balancer_.answered(*place, std::chrono::microseconds(random_.below(50'000)), now_);
    if (on_.size() < 20 && random_.below(2) == 0) return;
    balancer_.ended(on_.back());
    on_.pop_back();
  }

  Balancer& balancer_;
  SeededRandom random_;
  Servers servers_;
  std::vector<uint8_t> left_out_;
  std::vector<uint32_t> shares_;
  std::vector<size_t> on_;  // tries, by place
  TimePoint now_{1h};
};

TEST_P(EveryBalancer, never_picks_an_unusable_server_and_always_a_usable_one) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const auto balancer = make();
    Turmoil turmoil(*balancer, seed);
    for (int step = 0; step < 200; ++step) {
      turmoil.step();
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
  }
}

TEST_P(EveryBalancer, shares_by_weight_within_two_percent) {
  constexpr int kPicks = 40'000;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    SeededRandom random(seed);
    const Servers servers = some_servers(random, 10, 1, 10);
    const auto balancer = make();
    balancer->update(servers);
    std::vector<int> counts(servers.size());
    TimePoint now{1h};
    for (int i = 0; i < kPicks; ++i) {
      Choice choice;
      choice.key = random.next();
      choice.now = now += 1ms;
      choice.random = &random;
      const size_t place = *balancer->pick(choice);
      ++counts[place];
      balancer->began(place);
      // All are about as fast.
      balancer->answered(place, std::chrono::microseconds(950 + random.below(100)), now);
      balancer->ended(place);
    }
    for (size_t i = 0; i < servers.size(); ++i) {
      const double share = static_cast<double>(counts[i]) / kPicks;
      const double due = static_cast<double>(servers[i].weight) / static_cast<double>(sum_of(servers));
      EXPECT_NEAR(share, due, 0.02) << "seed " << seed << ", server " << i;
    }
  }
}

TEST_P(EveryBalancer, a_retry_goes_to_another_server_until_all_were_asked) {
  SeededRandom random(1);
  for (int round = 0; round < 100; ++round) {
    const Servers servers = some_servers(random, 10, 1, 5);
    const auto balancer = make();
    balancer->update(servers);
    std::vector<uint8_t> tried(servers.size(), 0);
    Choice choice;
    choice.left_out = tried;
    choice.key = random.next();
    choice.now = TimePoint(1h);
    choice.random = &random;
    for (size_t i = 0; i < servers.size(); ++i) {
      const auto place = balancer->pick(choice);
      ASSERT_TRUE(place);
      ASSERT_EQ(tried[*place], 0);
      tried[*place] = 1;
      balancer->failed(*place, choice.now);
    }
    EXPECT_FALSE(balancer->pick(choice));
  }
}

/// Who has waited for an answer of a server for how long, on virtual time: always so many tries at once.
class ClosedLoop {
 public:
  ClosedLoop(Balancer& balancer, std::vector<Duration> takes)
      : balancer_(balancer), takes_(std::move(takes)) {}

  std::vector<int> run(int answers, int at_once) {
    std::vector<int> counts(takes_.size());
    for (int i = 0; i < at_once; ++i) begin();
    for (int i = 0; i < answers; ++i) {
      const Try ended = tries_.top();
      tries_.pop();
      now_ = ended.end;
      ++counts[ended.place];
      balancer_.answered(ended.place, takes_[ended.place], now_);
      balancer_.ended(ended.place);
      begin();
    }
    return counts;
  }

 private:
  struct Try {
    TimePoint end;
    size_t place = 0;
    bool operator<(const Try& other) const { return end > other.end; }
  };
  void begin() {
    Choice choice;
    choice.now = now_;
    choice.random = &random_;
    const size_t place = *balancer_.pick(choice);
    balancer_.began(place);
    tries_.push({now_ + takes_[place], place});
  }
  Balancer& balancer_;
  const std::vector<Duration> takes_;
  SeededRandom random_{7};
  std::priority_queue<Try> tries_;
  TimePoint now_{1h};
};

class BalancerByLoad : public EveryBalancer {};
INSTANTIATE_TEST_SUITE_P(Balancers, BalancerByLoad, ::testing::Values("least_conn", "p2c", "ewma"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(BalancerByLoad, who_is_slow_gets_less) {
  const Servers servers{{1, 1}, {2, 1}, {3, 1}, {4, 1}};
  const auto balancer = make();
  balancer->update(servers);
  ClosedLoop loop(*balancer, {10ms, 10ms, 100ms, 10ms});
  const std::vector<int> counts = loop.run(10'000, 16);
  EXPECT_LT(counts[2], 10'000 / 4 / 2);
  for (const size_t fast : {0, 1, 3}) EXPECT_NEAR(counts[fast], (10'000 - counts[2]) / 3, 600);
}

TEST_P(BalancerByLoad, under_load_weights_hold) {
  const Servers servers{{1, 4}, {2, 2}, {3, 2}};
  const auto balancer = make();
  balancer->update(servers);
  ClosedLoop loop(*balancer, {10ms, 10ms, 10ms});
  const std::vector<int> counts = loop.run(20'000, 64);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(counts[i], 20'000 * static_cast<int>(servers[i].weight) / 8, 20'000 * 0.02) << i;
}

TEST(Balancers, an_unknown_one_is_refused_by_name) {
  const auto found = find_balancer("best");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "best: no such balancer");
}

}  // namespace
}  // namespace hancock::slardar
