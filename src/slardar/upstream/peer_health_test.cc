#include "slardar/upstream/peer_health.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

const TimePoint kNoon{std::chrono::hours(1)};

class PassiveHealth : public ::testing::Test {
 protected:
  void make(size_t servers, PassiveLimits limits) {
    health_.levels.resize(1);
    for (size_t i = 0; i < servers; ++i)
      health_.levels[0].push_back(std::make_shared<PeerHealth>(health_.changes, limits));
    health_.weighty = health_.levels[0];
  }
  PeerHealth& server(size_t place) { return *health_.levels[0][place]; }
  bool fail(size_t place, Duration at) { return health_.note_failure(server(place), kNoon + at); }

  UpstreamHealth health_;
};

TEST_F(PassiveHealth, so_many_failures_take_it_out_for_as_long_from_the_last_of_them) {
  make(2, {3, 10s});
  EXPECT_FALSE(fail(0, 0s));
  EXPECT_FALSE(fail(0, 4s));
  const uint64_t before = health_.change();
  EXPECT_TRUE(fail(0, 9s));
  EXPECT_GT(health_.change(), before);
  EXPECT_TRUE(server(0).is_out(kNoon + 18s));
  EXPECT_FALSE(server(0).is_out(kNoon + 19s)) << "it is fine again";
}

// Not within some fixed ten seconds: within any.
TEST_F(PassiveHealth, failures_count_within_the_time_before_each_of_them) {
  make(2, {3, 10s});
  for (const Duration at : {0s, 9s, 11s}) EXPECT_FALSE(fail(0, at));
  EXPECT_EQ(server(0).recent_failures(kNoon + 11s), 2U);
  EXPECT_TRUE(fail(0, 12s));
}

TEST_F(PassiveHealth, failures_while_it_is_out_prolong_nothing) {
  make(2, {1, 10s});
  EXPECT_TRUE(fail(0, 0s));
  EXPECT_FALSE(fail(0, 9s));
  EXPECT_FALSE(server(0).is_out(kNoon + 10s));
  EXPECT_TRUE(fail(0, 10s));
}

TEST_F(PassiveHealth, without_a_limit_nothing_is_counted) {
  make(2, {0, 10s});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(fail(0, 0s));
}

TEST_F(PassiveHealth, the_last_one_that_is_fine_stays) {
  make(3, {1, 10s});
  EXPECT_TRUE(fail(0, 0s));
  EXPECT_TRUE(fail(1, 5s));
  EXPECT_FALSE(fail(2, 9s));
  EXPECT_FALSE(server(2).is_out(kNoon + 9s));
  EXPECT_TRUE(fail(2, 10s)) << "the first one is fine again";
}

// Passively fine is enough, by the contract's words: that checks find it bad is another matter.
TEST_F(PassiveHealth, another_one_is_fine_whatever_its_checks_say) {
  make(2, {1, 10s});
  server(1).set_verdict(Verdict::kErr);
  EXPECT_TRUE(fail(0, 0s));
}

TEST_F(PassiveHealth, one_that_gets_no_traffic_is_no_other_one) {
  make(2, {1, 10s});
  health_.weighty.pop_back();
  EXPECT_FALSE(fail(0, 0s));
}

TEST_F(PassiveHealth, a_verdict_that_is_said_again_is_no_change) {
  make(1, {});
  server(0).set_verdict(Verdict::kOk);
  const uint64_t before = health_.change();
  server(0).set_verdict(Verdict::kOk);
  EXPECT_EQ(health_.change(), before);
}

TEST_F(PassiveHealth, under_other_limits_what_is_known_goes_on) {
  make(2, {1, 10s});
  EXPECT_TRUE(fail(0, 0s));
  server(0).set_verdict(Verdict::kUnstable);
  const PeerHealth next(server(0), {2, 5s});
  EXPECT_EQ(next.verdict(), Verdict::kUnstable);
  EXPECT_TRUE(next.is_out(kNoon + 9s));
  EXPECT_FALSE(PeerHealth(server(0), {0, 5s}).is_out(kNoon));
}

}  // namespace
}  // namespace hancock::slardar
