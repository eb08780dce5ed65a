#include "slardar/tcp/port_gate.h"

#include <gtest/gtest.h>

#include "io/tcp.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class PortGateTest : public ::testing::Test {
 protected:
  /// Filters a snapshot that wants these ports; those that are left.
  std::vector<uint16_t> filter(uint64_t number, const std::vector<uint16_t>& wanted, uint64_t applied) {
    last_ = Snapshot();
    last_.number = number;
    for (const uint16_t port : wanted) {
      last_.tcp.push_back({port, "", last_.routes.size()});
      Route route;
      route.source = "key";
      last_.routes.push_back(std::make_shared<const Route>(std::move(route)));
    }
    gate_.filter(last_, applied);
    std::vector<uint16_t> left;
    for (const TcpEntrance& each : last_.tcp) left.push_back(each.port);
    return left;
  }
  auto listen() { return *io::Listener::listen(loop_, *io::Address::of("127.0.0.1", port_)); }

  io::Loop loop_;
  PortGate gate_{loop_, "127.0.0.1"};
  const uint16_t port_ = free_port(loop_);
  const std::vector<uint16_t> one_{port_};
  Snapshot last_;
};

TEST_F(PortGateTest, somebody_elses_port_is_refused_until_it_is_free) {
  auto squatter = listen();
  EXPECT_TRUE(filter(1, one_, 0).empty());
  EXPECT_EQ(last_.refused.at("key").find("tcp port " + std::to_string(port_)), 0U);
  EXPECT_TRUE(gate_.any_blocked());
  squatter.reset();
  EXPECT_EQ(filter(2, one_, 1), one_);
  EXPECT_TRUE(last_.refused.empty());
}

TEST_F(PortGateTest, our_own_port_that_a_worker_has_not_closed_yet_is_not_somebody_elses) {
  EXPECT_EQ(filter(1, one_, 0), one_);
  auto workers = listen();
  EXPECT_TRUE(filter(2, {}, 1).empty());
  EXPECT_EQ(filter(3, one_, 1), one_) << "snapshot 2 is not applied yet";
  EXPECT_TRUE(filter(4, {}, 3).empty());
  EXPECT_TRUE(filter(5, one_, 4).empty()) << "every worker has closed it: who listens is a stranger";
}

TEST_F(PortGateTest, a_port_that_a_worker_could_not_bind_is_refused_and_tried_again_when_all_have_let_go) {
  EXPECT_EQ(filter(1, one_, 0), one_);
  auto the_one_that_did_bind = listen();
  EXPECT_TRUE(gate_.failed(port_, "too many open files"));
  EXPECT_FALSE(gate_.failed(port_, "too many open files")) << "the second worker says nothing new";
  EXPECT_TRUE(filter(2, one_, 1).empty());
  EXPECT_EQ(last_.refused.at("key"), "tcp port " + std::to_string(port_) + ": too many open files");
  EXPECT_TRUE(filter(3, one_, 1).empty()) << "still held by one worker";
  EXPECT_TRUE(gate_.any_blocked());
  the_one_that_did_bind.reset();
  EXPECT_EQ(filter(4, one_, 3), one_);
  EXPECT_FALSE(gate_.any_blocked());
}

}  // namespace
}  // namespace hancock::slardar
