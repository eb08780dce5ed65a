#include "slardar/check/check_state.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

using namespace std::chrono;

class ChecksOfAServer : public ::testing::Test {
 protected:
  void good(std::string unstable = "") {
    CheckFacts facts;
    facts.unstable = std::move(unstable);
    state_.note(std::move(facts), options_, ++now_);
  }
  void bad(std::string why = "refused") {
    state_.note(tl::unexpected(Error{ErrorCode::kUnavailable, std::move(why), {}}), options_, ++now_);
  }
  Verdict verdict() const { return state_.report().verdict; }

  CheckOptions options_;
  WallTime now_{1'000'000s};
  CheckState state_{now_};
};

TEST_F(ChecksOfAServer, is_unchecked_until_the_first_one_says_something) {
  EXPECT_EQ(verdict(), Verdict::kUnchecked);
  EXPECT_EQ(state_.report().modified, now_);
  EXPECT_EQ(state_.report().checked, WallTime());
  options_.rise = 5;
  good();
  EXPECT_EQ(verdict(), Verdict::kOk) << "it was never out: rise is for coming back";
}

TEST_F(ChecksOfAServer, is_err_after_fall_failures_in_a_row_and_well_after_rise_good_ones) {
  options_.fall = 3;
  options_.rise = 2;
  good();
  bad();
  bad();
  good();
  bad();
  bad();
  EXPECT_EQ(verdict(), Verdict::kOk) << "not in a row";
  EXPECT_EQ(state_.report().fail_num, 2U);
  bad("status 502");
  EXPECT_EQ(verdict(), Verdict::kErr);
  EXPECT_EQ(state_.report().fail_num, 3U);
  EXPECT_EQ(state_.report().msg, "status 502");
  good();
  EXPECT_EQ(verdict(), Verdict::kErr);
  EXPECT_EQ(state_.report().fail_num, 0U);
  bad();
  good();
  EXPECT_EQ(verdict(), Verdict::kErr) << "not in a row";
  good();
  EXPECT_EQ(verdict(), Verdict::kOk);
  EXPECT_EQ(state_.report().msg, "");
}

TEST_F(ChecksOfAServer, by_default_one_failure_takes_it_out_and_one_success_heals) {
  bad();
  EXPECT_EQ(verdict(), Verdict::kErr);
  good();
  EXPECT_EQ(verdict(), Verdict::kOk);
}

TEST_F(ChecksOfAServer, modified_is_when_the_verdict_changed_and_not_when_it_was_checked) {
  good();
  const WallTime came = now_;
  good();
  EXPECT_EQ(state_.report().modified, came);
  EXPECT_EQ(state_.report().checked, now_);
  bad();
  EXPECT_EQ(state_.report().modified, now_);
}

TEST_F(ChecksOfAServer, a_check_at_fault_says_nothing_of_the_server) {
  bad();
  state_.note(tl::unexpected(Error{ErrorCode::kInternal, "check.mine:1: x", {}}), options_, ++now_);
  EXPECT_EQ(verdict(), Verdict::kUnchecked);
  EXPECT_EQ(state_.report().fail_num, 0U);
  EXPECT_EQ(state_.report().msg, "check.mine:1: x");
  EXPECT_EQ(state_.report().modified, now_);
  bad();
  EXPECT_EQ(verdict(), Verdict::kErr);
}

TEST_F(ChecksOfAServer, what_is_bad_but_of_use_is_unstable) {
  good("master link status: down");
  EXPECT_EQ(verdict(), Verdict::kUnstable);
  EXPECT_EQ(state_.report().msg, "master link status: down");
  good();
  EXPECT_EQ(verdict(), Verdict::kOk);
}

TEST_F(ChecksOfAServer, what_a_server_says_is_shown_without_what_nobody_can_read) {
  bad("\x1b[31mred\r\n" + std::string(10'000, 'x'));
  EXPECT_TRUE(state_.report().msg.starts_with("?[31mred??xxx"));
  EXPECT_LE(state_.report().msg.size(), 300U);
}

class ChecksOfAnUpstream : public ::testing::Test {
 protected:
  /// `idle`: of them who gets no traffic.
  void set(const std::vector<uint64_t>& servers, uint64_t idle = 0) {
    std::vector<CheckGroup::Server> all;
    for (const uint64_t server : servers) all.push_back({server, server != idle});
    group_.set(all, options_, ++now_);
  }
  void good(uint64_t server) { group_.note(server, CheckFacts(), ++now_); }
  void bad(uint64_t server) {
    group_.note(server, tl::unexpected(Error{ErrorCode::kUnavailable, "refused", {}}), ++now_);
  }
  Verdict verdict(uint64_t server) const { return group_.report(server).verdict; }

  CheckOptions options_;
  CheckGroup group_;
  WallTime now_{1'000'000s};
};

TEST_F(ChecksOfAnUpstream, when_all_fail_the_first_stays_as_unstable) {
  set({30, 10, 20});
  bad(30);
  bad(10);
  EXPECT_EQ(verdict(30), Verdict::kErr);
  bad(20);
  EXPECT_EQ(verdict(30), Verdict::kUnstable);
  EXPECT_EQ(group_.report(30).msg, "refused");
  EXPECT_EQ(verdict(10), Verdict::kErr);
  const WallTime since = group_.report(30).modified;
  bad(30);
  EXPECT_EQ(verdict(30), Verdict::kUnstable);
  EXPECT_EQ(group_.report(30).modified, since);
  good(20);
  EXPECT_EQ(verdict(30), Verdict::kErr) << "there is a better one now";
  EXPECT_EQ(verdict(20), Verdict::kOk);
}

TEST_F(ChecksOfAnUpstream, who_gets_no_traffic_neither_stays_nor_counts) {
  set({30, 10, 20}, 30);
  bad(10);
  bad(20);
  EXPECT_EQ(verdict(10), Verdict::kUnstable) << "30 is of no use, well or not";
  bad(30);
  EXPECT_EQ(verdict(30), Verdict::kErr);
  set({30, 10, 20}, 10);
  EXPECT_EQ(verdict(30), Verdict::kUnstable);
  EXPECT_EQ(verdict(10), Verdict::kErr);
  set({10}, 10);
  bad(10);
  EXPECT_EQ(verdict(10), Verdict::kErr);
}

TEST_F(ChecksOfAnUpstream, who_is_not_checked_yet_has_not_failed) {
  set({1, 2});
  bad(1);
  EXPECT_EQ(verdict(1), Verdict::kErr);
  EXPECT_EQ(verdict(2), Verdict::kUnchecked);
}

TEST_F(ChecksOfAnUpstream, without_protection_all_may_be_out) {
  options_.protect = false;
  set({1, 2});
  bad(1);
  bad(2);
  EXPECT_EQ(verdict(1), Verdict::kErr);
  EXPECT_EQ(verdict(2), Verdict::kErr);
  options_.protect = true;
  set({1, 2});
  EXPECT_EQ(verdict(1), Verdict::kUnstable);
}

TEST_F(ChecksOfAnUpstream, an_update_keeps_what_is_known_of_who_stays) {
  set({1, 2});
  good(1);
  bad(2);
  const WallTime since = group_.report(2).modified;
  set({2, 3});
  EXPECT_EQ(verdict(2), Verdict::kErr);
  EXPECT_EQ(group_.report(2).modified, since);
  EXPECT_EQ(verdict(3), Verdict::kUnchecked);
  set({2});
  EXPECT_EQ(verdict(2), Verdict::kUnstable) << "it is the last one";
  set({2, 3});
  EXPECT_EQ(verdict(2), Verdict::kErr);
}

}  // namespace
}  // namespace hancock::slardar
