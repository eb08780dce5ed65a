#include "slardar/upstream/ejection.h"

#include <gtest/gtest.h>

#include <deque>

#include "slardar/balance/balancers.h"
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
  void make(size_t count, const std::string& task = "t") {
    state_.balancer = (*find_balancer("rr"))->make();
    for (size_t i = 0; i < count; ++i) {
      const auto port = static_cast<uint16_t>(20'000 + i);
      peers_.emplace_back(*io::Address::of("127.0.0.1", port), task.empty() ? "" : task + std::to_string(i));
      state_.peers.push_back(&peers_.back());
      state_.servers.push_back({i + 1, 1});
    }
    state_.codes.resize(count);
    state_.balancer->update(state_.servers);
  }
  bool fail(size_t place, TimePoint now) {
    bool ejected = false;
    for (uint32_t i = 0; i < Ejection::kFailuresInRow; ++i)
      ejected = state_.note_failed(peers_[place], now) || ejected;
    return ejected;
  }
  int picks_of(size_t place, TimePoint now) {
    int count = 0;
    for (int i = 0; i < 60; ++i) {
      if (state_.pick({}, now) == place) ++count;
    }
    return count;
  }

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
  EXPECT_EQ(state_.pick({}, kStart), 0U);
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

TEST_F(EjectionOfPeers, servers_of_operators_are_not_judged) {
  make(3, "");
  EXPECT_FALSE(fail(1, kStart));
}

}  // namespace
}  // namespace hancock::slardar
