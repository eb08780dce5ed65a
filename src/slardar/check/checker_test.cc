// Servers of snapshots are asked again and again, each by its upstream's rules.
#include "slardar/check/checker.h"

#include <gtest/gtest.h>

#include "slardar/confd/health_table.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class CheckerTest : public ::testing::Test {
 protected:
  CheckerTest() { options_.interval = 5ms; }
  ~CheckerTest() override {
    for (const auto& each : accepting_) each->close();
    scope_.cancel();
  }

  /// A server that takes connections and says nothing.
  uint16_t server() {
    auto made = io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
    accepting_.push_back(std::move(*made));
    counts_.push_back(std::make_unique<int>(0));
    scope_.spawn(accept(*accepting_.back(), *counts_.back()));
    return accepting_.back()->address().port();
  }
  int checks_of(size_t server) const { return *counts_[server]; }
  uint16_t nobody() { return free_port(loop_); }

  /// Levels of ports, as SnapshotBuilder makes them.
  UpstreamPtr upstream(const std::string& name, const std::vector<std::vector<uint16_t>>& levels) {
    Upstream made;
    made.name = made.key = name;
    made.check = options_;
    for (const auto& ports : levels) {
      Upstream::Level& level = made.levels.emplace_back();
      for (const uint16_t port : ports) level.servers.push_back({*io::Address::of("127.0.0.1", port), {}});
    }
    made.health = health_.of(name, made.levels);
    return std::make_shared<const Upstream>(std::move(made));
  }
  void apply(std::vector<UpstreamPtr> upstreams) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->upstreams = std::move(upstreams);
    checker_.apply(snapshot);
  }
  static Verdict verdict(const UpstreamPtr& upstream, size_t level, size_t place) {
    return upstream->health->levels[level][place]->verdict();
  }
  bool until(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + kPatience;
    while (!holds() && loop_.now() < deadline) loop_.block_on(tick(loop_));
    return holds();
  }
  CheckReport report(const UpstreamPtr& of, size_t level, size_t place) {
    const CheckReports all = checker_.reports();
    const CheckReport* const found = all.find(of->key, of->levels[level].servers[place].identity());
    return found ? *found : CheckReport();
  }

  io::Loop loop_;
  CheckOptions options_;
  HealthTable health_;
  io::Scope scope_;
  std::vector<std::unique_ptr<io::Listener>> accepting_;
  std::vector<std::unique_ptr<int>> counts_;
  Checker checker_{loop_, 1, 8};

 private:
  static io::Async<void> tick(io::Loop& loop) { co_await loop.sleep_for(1ms); }
  static io::Async<void> accept(io::Listener& listener, int& count) {
    while (true) {
      const auto stream = co_await listener.accept();
      if (!stream) co_return;
      ++count;
    }
  }
};

TEST_F(CheckerTest, each_server_gets_its_verdict_where_the_workers_look) {
  const auto shop = upstream("shop", {{server(), nobody()}, {server()}});
  const uint64_t before = shop->health->change();
  EXPECT_EQ(verdict(shop, 0, 0), Verdict::kUnchecked);
  apply({shop});
  ASSERT_TRUE(
      until([&] { return verdict(shop, 0, 1) == Verdict::kErr && verdict(shop, 1, 0) == Verdict::kOk; }));
  ASSERT_TRUE(until([&] { return verdict(shop, 0, 0) == Verdict::kOk; }));
  EXPECT_GT(shop->health->change(), before);
  EXPECT_NE(report(shop, 0, 1).msg.find("Connection refused"), std::string::npos);
  EXPECT_GE(report(shop, 0, 1).fail_num, 1U);
  EXPECT_NE(checker_.reports().last, WallTime());
}

TEST_F(CheckerTest, it_goes_on_and_sees_what_changes) {
  const auto shop = upstream("shop", {{server(), server()}});
  apply({shop});
  ASSERT_TRUE(until([&] { return checks_of(0) > 3 && checks_of(1) > 3; }));
  const uint16_t port = accepting_[1]->address().port();
  accepting_[1]->close();
  accepting_[1].reset();
  ASSERT_TRUE(until([&] { return verdict(shop, 0, 1) == Verdict::kErr; }));
  accepting_[1] = std::move(*io::Listener::listen(loop_, *io::Address::of("127.0.0.1", port)));
  EXPECT_TRUE(until([&] { return verdict(shop, 0, 1) == Verdict::kOk; }));
  EXPECT_EQ(verdict(shop, 0, 0), Verdict::kOk);
}

TEST_F(CheckerTest, when_all_fail_the_first_of_all_levels_stays) {
  const auto shop = upstream("shop", {{nobody(), nobody()}, {nobody()}});
  apply({shop});
  ASSERT_TRUE(until([&] { return verdict(shop, 0, 0) == Verdict::kUnstable; }));
  EXPECT_EQ(verdict(shop, 0, 1), Verdict::kErr);
  EXPECT_EQ(verdict(shop, 1, 0), Verdict::kErr);
}

TEST_F(CheckerTest, an_update_of_one_leaves_the_others_and_who_stays_alone) {
  const uint16_t gone = nobody(), other = nobody();
  const auto shop = upstream("shop", {{server(), gone}});
  const auto blog = upstream("blog", {{server(), other}});
  apply({shop, blog});
  ASSERT_TRUE(
      until([&] { return verdict(shop, 0, 1) == Verdict::kErr && verdict(blog, 0, 1) == Verdict::kErr; }));
  const uint32_t failed = report(blog, 0, 1).fail_num;
  const WallTime since = report(shop, 0, 1).modified;
  const auto next = upstream("shop", {{gone, server()}});
  apply({next, blog});
  EXPECT_EQ(verdict(next, 0, 0), Verdict::kErr);
  EXPECT_EQ(report(next, 0, 0).modified, since);
  EXPECT_EQ(verdict(next, 0, 1), Verdict::kUnchecked);
  EXPECT_GE(report(blog, 0, 1).fail_num, failed);
  EXPECT_TRUE(until([&] { return verdict(next, 0, 1) == Verdict::kOk; }));
}

TEST_F(CheckerTest, who_is_not_to_be_checked_is_unchecked_and_left_alone) {
  const uint16_t port = server();
  options_.enable = false;
  const auto never = upstream("never", {{nobody()}});
  options_.enable = true;
  const auto shop = upstream("shop", {{port}});
  apply({never, shop});
  ASSERT_TRUE(until([&] { return checks_of(0) > 3; }));
  EXPECT_EQ(verdict(never, 0, 0), Verdict::kUnchecked);
  options_.enable = false;
  const auto off = upstream("shop", {{port}});
  apply({never, off});
  EXPECT_EQ(verdict(off, 0, 0), Verdict::kUnchecked);
  EXPECT_EQ(checker_.reports().running, 0U);
}

TEST_F(CheckerTest, who_leaves_is_not_being_checked_in_that_very_moment) {
  // Accepts nothing, so that a check of http waits for its answer.
  auto silent = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
  options_.kind = "http";
  const auto shop = upstream("shop", {{silent->address().port()}});
  apply({shop});
  ASSERT_TRUE(until([&] { return checker_.reports().running == 1; }));
  apply({});
  EXPECT_EQ(checker_.reports().running, 0U);
  EXPECT_FALSE(checker_.reports().upstreams.contains("shop"));
}

TEST_F(CheckerTest, servers_that_hang_keep_nobody_else_waiting_for_long) {
  auto silent = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
  options_.kind = "http";
  options_.timeout = 50ms;
  std::vector<UpstreamPtr> all;
  for (int i = 0; i < 30; ++i)
    all.push_back(upstream("slow-" + std::to_string(i), {{silent->address().port()}}));
  options_.kind = "general";
  all.push_back(upstream("quick", {{server()}}));
  apply(all);
  ASSERT_TRUE(until([&] {
    return std::all_of(all.begin(), all.end() - 1,
                       [](const UpstreamPtr& each) { return verdict(each, 0, 0) == Verdict::kUnstable; });
  }));
  size_t most = 0;
  const int before = checks_of(0);
  ASSERT_TRUE(until([&] {
    most = std::max(most, checker_.reports().running);
    return checks_of(0) > before + 10;
  }));
  EXPECT_LE(most, 8U);
}

TEST_F(CheckerTest, kinds_of_others_are_asked_for_by_name) {
  options_.kind = "mine";
  const auto shop = upstream("shop", {{1}});
  int asked = 0;
  checker_.set_more_kinds([&](const std::string& kind) {
    CheckRun run = [](io::Loop&, const CheckTarget& target, const CheckOptions&,
                      TimePoint) -> io::Async<Result<CheckFacts>> {
      co_return fail(ErrorCode::kUnavailable, "mine says no to {}", target.address.to_string());
    };
    return kind == "mine" && ++asked > 1 ? run : CheckRun();
  });
  apply({shop});
  ASSERT_TRUE(until([&] { return verdict(shop, 0, 0) == Verdict::kUnstable; }));
  EXPECT_EQ(report(shop, 0, 0).msg, "mine says no to 127.0.0.1:1");
  EXPECT_GT(asked, 1) << "it came later than the upstream";
}

}  // namespace
}  // namespace hancock::slardar
