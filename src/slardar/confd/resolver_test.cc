#include "slardar/confd/resolver.h"

#include <gtest/gtest.h>

#include "slardar/testing/name_server.h"

namespace hancock::slardar {
namespace {

using testing::NameServer;

io::Async<void> a_moment(io::Loop& loop) { co_await loop.sleep_for(1ms); }

class ResolverTest : public ::testing::Test {
 protected:
  bool until(const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 30s;
    while (!holds() && loop_.now() < deadline) loop_.block_on(a_moment(loop_));
    return holds();
  }
  HostAddresses known(const std::string& name) const {
    const auto found = resolver_.known().find(name);
    return found == resolver_.known().end() ? HostAddresses() : found->second;
  }
  using Ips = std::vector<std::string>;

  io::Loop loop_;
  NameServer server_;
  std::vector<std::string> changes_;
  Resolver resolver_{loop_, server_.address(), [this](const std::string& name) { changes_.push_back(name); }};
};

TEST_F(ResolverTest, a_name_is_asked_for_again_when_its_time_is_over) {
  server_.put("db.test", {"10.0.0.2", "10.0.0.1"}, 1s);
  server_.put("long.test", {"10.0.0.3"}, 3600s);
  resolver_.want({"db.test", "long.test"});
  ASSERT_TRUE(until([&] { return known("db.test").ips == Ips{"10.0.0.1", "10.0.0.2"}; }));
  ASSERT_TRUE(until([&] { return known("long.test").ips == Ips{"10.0.0.3"}; }));
  server_.put("db.test", {"10.0.0.9"}, 1s);
  ASSERT_TRUE(until([&] { return known("db.test").ips == Ips{"10.0.0.9"}; }));
  EXPECT_EQ(std::count(changes_.begin(), changes_.end(), "db.test"), 2);
  EXPECT_EQ(server_.questions("long.test"), 1);
}

TEST_F(ResolverTest, who_cannot_be_found_again_keeps_his_addresses) {
  server_.put("db.test", {"10.0.0.1"}, 1s);
  resolver_.want({"db.test"});
  ASSERT_TRUE(until([&] { return known("db.test").ips == Ips{"10.0.0.1"}; }));
  server_.remove("db.test");
  ASSERT_TRUE(until([&] { return !known("db.test").problem.empty(); }));
  EXPECT_EQ(known("db.test").ips, Ips{"10.0.0.1"});
  EXPECT_TRUE(known("db.test").problem.starts_with("db.test: ")) << known("db.test").problem;
  server_.put("db.test", {"10.0.0.1"}, 1s);
  EXPECT_TRUE(until([&] { return known("db.test").problem.empty(); }));
}

TEST_F(ResolverTest, who_is_not_there_keeps_nobody_waiting_and_may_come) {
  server_.put("db.test", {"10.0.0.1"}, 60s);
  resolver_.want({"nobody.test", "db.test"});
  ASSERT_TRUE(until([&] { return !known("nobody.test").problem.empty() && !known("db.test").ips.empty(); }));
  EXPECT_TRUE(known("nobody.test").ips.empty());
  server_.put("nobody.test", {"10.0.0.7"}, 60s);
  EXPECT_TRUE(until([&] { return known("nobody.test").ips == Ips{"10.0.0.7"}; }));
}

TEST_F(ResolverTest, who_is_not_wanted_any_more_is_forgotten) {
  server_.put("a.test", {"10.0.0.1"}, 60s);
  resolver_.want({"a.test"});
  ASSERT_TRUE(until([&] { return !known("a.test").ips.empty(); }));
  resolver_.want({});
  EXPECT_TRUE(resolver_.known().empty());
  resolver_.want({"a.test"});
  EXPECT_TRUE(until([&] { return !known("a.test").ips.empty(); }));
}

TEST(ResolveAgain, follows_the_ttl_within_bounds_and_backs_off) {
  const auto of_ttl = [](std::chrono::seconds ttl) { return resolve_again(io::ResolvedName{{}, ttl}, 0); };
  EXPECT_EQ(of_ttl(30s), 30s);
  EXPECT_EQ(of_ttl(0s), 1s);
  EXPECT_EQ(of_ttl(std::chrono::hours(48)), 1h);
  const Result<io::ResolvedName> failed = tl::unexpected(Error{});
  EXPECT_EQ(resolve_again(failed, 1), 1s);
  EXPECT_EQ(resolve_again(failed, 2), 2s);
  EXPECT_EQ(resolve_again(failed, 5), 16s);
  EXPECT_EQ(resolve_again(failed, 4'000'000'000), 30s);
}

}  // namespace
}  // namespace hancock::slardar
