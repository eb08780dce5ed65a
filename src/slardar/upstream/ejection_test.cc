#include "slardar/upstream/ejection.h"

#include <gtest/gtest.h>

#include <deque>

#include "slardar/balance/balancers.h"
#include "slardar/confd/health_table.h"
#include "slardar/upstream/upstream_state.h"

namespace hancock::slardar {
namespace {

const TimePoint kStart{std::chrono::hours(1)};

TEST(Ejection, only_failures_in_a_row_count) {
  Ejection ejection;
  for (int round = 0; round < 3; ++round) {
    for (uint32_t i = 1; i < Ejection::kFailuresInRow; ++i) EXPECT_FALSE(ejection.failed());
    ejection.succeeded(kStart);
  }
  for (uint32_t i = 1; i < Ejection::kFailuresInRow; ++i) EXPECT_FALSE(ejection.failed());
  EXPECT_TRUE(ejection.failed());
}

TEST(Ejection, lasts_longer_each_time_and_shorter_after_good_times) {
  Ejection ejection;
  TimePoint now = kStart;
  const auto span = [&] {
    ejection.eject(now);
    const TimePoint from = now;
    while (ejection.holds(now)) now += 1s;
    return now - from;
  };
  EXPECT_EQ(span(), 5s);
  EXPECT_EQ(span(), 10s);
  EXPECT_EQ(span(), 20s);
  for (int i = 0; i < 10; ++i) span();
  EXPECT_EQ(span(), Ejection::kLongest);
  Ejection other;
  other.eject(kStart);
  other.eject(kStart);
  other.succeeded(kStart + 10s + 10s);
  other.succeeded(kStart + 20s + 5s);
  EXPECT_FALSE(other.holds(kStart + 25s));
  other.eject(kStart + 30s);
  EXPECT_TRUE(other.holds(kStart + 34s));
  EXPECT_FALSE(other.holds(kStart + 35s)) << "as the first time";
}

/// An upstream of Tasks with a peer for each.
class EjectionOfPeers : public ::testing::Test {
 protected:
  void make(size_t count, Rules rules = Rules::kService) {
    Upstream upstream;
    upstream.balance = *find_balancer("rr");
    upstream.rules = rules;
    upstream.levels.resize(1);
    for (size_t i = 0; i < count; ++i) {
      const auto address = *io::Address::of("127.0.0.1", static_cast<uint16_t>(20'000 + i));
      upstream.levels[0].servers.push_back({address, "t" + std::to_string(i)});
      peers_.emplace_back(address, "t" + std::to_string(i));
      state_.peers.push_back(&peers_.back());
    }
    upstream.health = HealthTable().of("u", upstream.levels);
    state_.take(upstream);
  }
  std::optional<size_t> pick(TimePoint now) { return state_.pick({{}, now, random_}); }
  bool fail(size_t place, TimePoint now) {
    bool ejected = false;
    for (uint32_t i = 0; i < Ejection::kFailuresInRow; ++i)
      ejected = state_.note_failed(peers_[place], now) || ejected;
    return ejected;
  }
  int picks_of(size_t place, TimePoint now) {
    int count = 0;
    for (int i = 0; i < 60; ++i) {
      if (pick(now) == place) ++count;
    }
    return count;
  }

  SeededRandom random_{1};
  UpstreamState state_;
  std::deque<Peer> peers_;
};

TEST_F(EjectionOfPeers, who_fails_gets_nothing_until_his_time_is_over) {
  make(3);
  EXPECT_TRUE(fail(1, kStart));
  EXPECT_EQ(picks_of(1, kStart), 0);
  EXPECT_EQ(picks_of(1, kStart + 4s), 0);
  EXPECT_GT(picks_of(1, kStart + 5s), 0);
}

TEST_F(EjectionOfPeers, at_most_half_go) {
  make(4);
  EXPECT_TRUE(fail(0, kStart));
  EXPECT_TRUE(fail(1, kStart));
  EXPECT_FALSE(fail(2, kStart));
  EXPECT_GT(picks_of(2, kStart), 0);
}

TEST_F(EjectionOfPeers, the_last_one_stays) {
  make(1);
  EXPECT_FALSE(fail(0, kStart));
  EXPECT_EQ(pick(kStart), 0U);
}

TEST_F(EjectionOfPeers, the_last_one_that_can_be_reached_stays) {
  make(2);
  state_.note_unreachable(peers_[0], kStart);
  EXPECT_FALSE(fail(1, kStart));
}

TEST_F(EjectionOfPeers, below_half_verdicts_count_no_more) {
  make(4);
  EXPECT_TRUE(fail(0, kStart));
  EXPECT_TRUE(fail(1, kStart));
  EXPECT_EQ(picks_of(0, kStart), 0) << "half of them do well";
  state_.note_unreachable(peers_[2], kStart);
  EXPECT_GT(picks_of(0, kStart), 0);
  EXPECT_GT(picks_of(1, kStart), 0);
  EXPECT_EQ(picks_of(2, kStart), 0) << "nothing can be sent there at all";
}

TEST_F(EjectionOfPeers, whom_checks_find_bad_gets_nothing_while_half_do_well) {
  make(4);
  state_.healths[0]->set_verdict(Verdict::kErr);
  state_.healths[1]->set_verdict(Verdict::kErr);
  EXPECT_EQ(picks_of(0, kStart) + picks_of(1, kStart), 0);
  EXPECT_FALSE(fail(2, kStart) && fail(3, kStart)) << "the last one that does well stays";
  state_.healths[2]->set_verdict(Verdict::kErr);
  EXPECT_GT(picks_of(0, kStart), 0) << "verdicts count no more";
}

TEST_F(EjectionOfPeers, servers_of_operators_are_not_judged) {
  make(3, Rules::kCheckups);
  EXPECT_FALSE(fail(1, kStart));
}

}  // namespace
}  // namespace hancock::slardar
