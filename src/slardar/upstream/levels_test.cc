// Which server of an operator's upstream a request gets, try by try: levels, usable, passive health.
#include <gtest/gtest.h>

#include "slardar/confd/upstream_builder.h"
#include "slardar/upstream/upstream_state.h"

namespace hancock::slardar {
namespace {

const TimePoint kFirstNow{std::chrono::hours(1)};

/// One worker's state of one upstream; servers are known by their ports.
class Levels : public ::testing::Test {
 protected:
  void put(const std::string& text) {
    auto record = decode_upstream(text);
    ASSERT_TRUE(record) << record.error().field << ": " << record.error().message;
    const Upstream upstream = builder_.of_record("u", "u", *record);
    if (!state_.take(upstream)) return;
    peers_.clear();
    state_.peers.clear();
    for (const Upstream::Level& level : upstream.levels) {
      for (const Server& server : level.servers) {
        peers_.push_back(std::make_unique<Peer>(server.address, ""));
        state_.peers.push_back(peers_.back().get());
      }
    }
  }
  /// The port of the next server; 0: there is none.
  uint16_t next(const TriedServers& tried = {}, std::vector<std::string> levels = {}) {
    last_ = state_.pick({tried, now_, random_, 0, levels});
    return last_ ? peers_[*last_]->address.port() : 0;
  }
  /// All that one request gets when every try fails.
  std::vector<uint16_t> tries(std::vector<std::string> levels = {}) {
    TriedServers tried;
    std::vector<uint16_t> ports;
    while (const uint16_t port = next(tried, levels)) {
      ports.push_back(port);
      tried.add(state_.servers[*last_].identity);
    }
    return ports;
  }
  PeerHealth& health(size_t place) { return *state_.healths[place]; }

  UpstreamBuilder builder_;
  UpstreamState state_;
  std::vector<std::unique_ptr<Peer>> peers_;
  SeededRandom random_{1};
  TimePoint now_ = kFirstNow;
  std::optional<size_t> last_;
};
using Ports = std::vector<uint16_t>;

constexpr const char* kTwoLevels =
    R"({"cluster":[{"servers":[{"host":"10.0.0.1","port":1},{"host":"10.0.0.1","port":2}]},)"
    R"({"servers":[{"host":"10.0.0.1","port":3},{"host":"10.0.0.1","port":1}]}]})";

TEST_F(Levels, the_next_one_is_asked_when_nobody_is_left_at_the_one_before) {
  put(kTwoLevels);
  for (int i = 0; i < 10; ++i) EXPECT_LE(next(), 2);
  EXPECT_EQ(tries(), (Ports{1, 2, 3, 1})) << "the same address stands again at the next level";
}

TEST_F(Levels, who_is_bad_by_its_checks_is_not_usable_and_unstable_is) {
  put(kTwoLevels);
  health(0).set_verdict(Verdict::kErr);
  EXPECT_EQ(tries(), (Ports{2, 3})) << "it is bad at each of its levels";
  health(1).set_verdict(Verdict::kErr);
  EXPECT_EQ(tries(), (Ports{3}));
  health(0).set_verdict(Verdict::kUnstable);
  EXPECT_EQ(next(), 1);
  health(0).set_verdict(Verdict::kErr);
  health(2).set_verdict(Verdict::kErr);
  EXPECT_EQ(next(), 0) << "all failed";
}

TEST_F(Levels, named_ones_come_by_name_or_as_the_request_names_them) {
  put(R"({"cluster":{"b":{"servers":[{"host":"10.0.0.1","port":2}]},)"
      R"("a":{"servers":[{"host":"10.0.0.1","port":1}]},"c":{"servers":[{"host":"10.0.0.1","port":3}]}}})");
  EXPECT_EQ(tries(), (Ports{1, 2, 3}));
  EXPECT_EQ(tries({"c", "a"}), (Ports{3, 1}));
  EXPECT_EQ(tries({"none"}), Ports());
}

TEST_F(Levels, who_failed_too_often_is_out_for_its_time_and_fine_again_afterwards) {
  put(R"({"servers":[{"host":"10.0.0.1","port":1,"max_fails":2,"fail_timeout":10},{"host":"10.0.0.1","port":2}]})");
  EXPECT_FALSE(state_.note_failure(0, now_));
  EXPECT_EQ(tries().size(), 2U);
  EXPECT_TRUE(state_.note_failure(0, now_ + 1s));
  now_ += 1s;
  EXPECT_EQ(tries(), Ports{2});
  now_ += 9'999ms;
  EXPECT_EQ(tries(), Ports{2});
  now_ += 1ms;
  EXPECT_EQ(tries().size(), 2U);
}

TEST_F(Levels, out_needs_another_one_that_is_fine) {
  put(R"({"servers":[{"host":"10.0.0.1","port":1,"max_fails":1},{"host":"10.0.0.1","port":2,"max_fails":1}]})");
  EXPECT_TRUE(state_.note_failure(0, now_));
  EXPECT_FALSE(state_.note_failure(1, now_));
  EXPECT_EQ(next(), 2);
}

TEST_F(Levels, one_that_weighs_nothing_is_no_other_one) {
  put(R"({"servers":[{"host":"10.0.0.1","port":1,"max_fails":1},{"host":"10.0.0.1","port":2,"weight":0}]})");
  EXPECT_FALSE(state_.note_failure(0, now_));
  EXPECT_EQ(next(), 1);
}

// What a failed try says is what the contract names, and nothing else.
TEST_F(Levels, who_cannot_be_reached_does_not_rest) {
  put(R"({"servers":[{"host":"10.0.0.1","port":1},{"host":"10.0.0.1","port":2}]})");
  state_.note_unreachable(*peers_[0], now_);
  EXPECT_EQ(tries().size(), 2U);
}

TEST_F(Levels, an_update_keeps_positions_and_what_is_known) {
  put(R"({"servers":[{"host":"10.0.0.1","port":1,"max_fails":1},{"host":"10.0.0.1","port":2},{"host":"10.0.0.1","port":3}]})");
  EXPECT_EQ(next(), 1);
  state_.note_failure(0, now_);
  health(1).set_verdict(Verdict::kErr);
  put(R"({"servers":[{"host":"10.0.0.1","port":4},{"host":"10.0.0.1","port":2},{"host":"10.0.0.1","port":1,"max_fails":1}],"try":7})");
  EXPECT_EQ(tries(), Ports{4}) << "2 is bad and 1 is out, still";
  health(1).set_verdict(Verdict::kOk);
  EXPECT_EQ(next(), 2) << "it has waited longer than 4";
}

TEST_F(Levels, a_pick_without_trouble_looks_at_nothing) {
  put(kTwoLevels);
  next();
  // Behind everybody's back: no change was counted, so nobody looks.
  const uint64_t change = state_.health->change();
  health(0).set_verdict(Verdict::kErr);
  health(1).set_verdict(Verdict::kErr);
  state_.health->changes->store(change);
  EXPECT_LE(next(), 2);
  state_.health->changes->store(change + 1);
  EXPECT_EQ(next(), 3);
}

}  // namespace
}  // namespace hancock::slardar
