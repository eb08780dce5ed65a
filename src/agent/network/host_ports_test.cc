#include "agent/network/host_ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace hancock::agent {
namespace {

constexpr const char* kTask = "t-1";

class HostPortsTest : public testing::Test {
 protected:
  uint16_t take(const model::ServiceRef& owner) {
    auto port = ports_.take(owner, kTask, now_, [this](uint16_t p) { return busy_.contains(p); });
    EXPECT_TRUE(port) << port.error().message;
    return port.value_or(0);
  }
  /// Nothing is free but `port`.
  void leave_only(uint16_t port) {
    for (uint32_t p = HostPorts::kFirst; p <= HostPorts::kLast; ++p) {
      if (p != port) busy_.insert(static_cast<uint16_t>(p));
    }
  }

  SeededRandom random_{3};
  HostPorts ports_{random_};
  std::set<uint16_t> busy_;
  WallTime now_{std::chrono::hours(1'000'000)};
  const model::ServiceRef web_{"acme", "shop", "web"};
  const model::ServiceRef api_{"acme", "shop", "api"};
  const model::ServiceRef other_{"evil", "shop", "web"};
};

TEST_F(HostPortsTest, GivesEachPortOnce) {
  std::set<uint16_t> seen;
  for (int i = 0; i < 500; ++i) {
    const uint16_t port = take(web_);
    EXPECT_GE(port, HostPorts::kFirst);
    EXPECT_LE(port, HostPorts::kLast);
    EXPECT_TRUE(seen.insert(port).second);
  }
}

TEST_F(HostPortsTest, PassesOverAPortWhereSomebodyListens) {
  leave_only(25'000);
  EXPECT_EQ(take(web_), 25'000);
  const auto none = ports_.take(web_, kTask, now_, [this](uint16_t p) { return busy_.contains(p); });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
}

TEST_F(HostPortsTest, AReleasedPortGoesToAnotherTenantOnlyAfterADay) {
  leave_only(25'000);
  ports_.give_back(kTask, take(web_), now_);
  EXPECT_FALSE(ports_.take(other_, kTask, now_ + std::chrono::hours(23),
                           [this](uint16_t p) { return busy_.contains(p); }));
  now_ += std::chrono::hours(24);
  EXPECT_EQ(take(other_), 25'000);
}

TEST_F(HostPortsTest, AReleasedPortGoesToTheSameServiceAtOnceAndToItsTenantAtNeed) {
  leave_only(25'000);
  ports_.give_back(kTask, take(web_), now_);
  ports_.give_back(kTask, take(web_), now_);
  busy_.erase(26'000);
  for (int i = 0; i < 20; ++i) {
    const uint16_t port = take(api_);
    EXPECT_EQ(port, 26'000) << "a fresh one first";
    ports_.give_back(kTask, port, now_);
  }
  busy_.insert(26'000);
  EXPECT_EQ(take(api_), 25'000);
}

TEST_F(HostPortsTest, RemembersAcrossARestart) {
  leave_only(25'000);
  ports_.give_back(kTask, take(web_), now_);
  const auto history = ports_.history(now_);
  ASSERT_EQ(history.size(), 1u);
  HostPorts again(random_);
  again.restore_history(history);
  EXPECT_FALSE(again.take(other_, kTask, now_, [this](uint16_t p) { return busy_.contains(p); }));
  EXPECT_TRUE(again.restore(web_, kTask, 25'000));
  EXPECT_FALSE(again.take(web_, kTask, now_, [this](uint16_t p) { return busy_.contains(p); }))
      << "it is taken";
}

TEST_F(HostPortsTest, OnlyTheTaskThatHasAPortGivesItBack) {
  leave_only(25'000);
  ASSERT_EQ(take(web_), 25'000);
  EXPECT_FALSE(ports_.restore(other_, "t-2", 25'000)) << "found at another Task, too";
  ports_.give_back("t-2", 25'000, now_);
  EXPECT_FALSE(ports_.take(web_, "t-3", now_, [this](uint16_t p) { return busy_.contains(p); }));
  EXPECT_TRUE(ports_.restore(web_, kTask, 25'000));
  ports_.give_back(kTask, 25'000, now_);
  EXPECT_FALSE(ports_.take(other_, "t-2", now_, [this](uint16_t p) { return busy_.contains(p); }));
  EXPECT_EQ(take(web_), 25'000);
}

}  // namespace
}  // namespace hancock::agent
