// Tasks that answer badly, through a whole gateway: what counts as a failure, and what comes of it.
#include <gtest/gtest.h>

#include <set>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// Two Tasks behind shop.test, of which one is good.
class GatewayEjection : public ::testing::Test {
 protected:
  void serve(uint16_t bad) {
    world_.put(route_);
    world_.put(endpoint_of("web", "t1", bad));
    world_.put(endpoint_of("web", "t2", world_.named_peer("good").port()));
    world_.start();
  }
  /// Visitors come until one was ejected.
  bool until_ejected() {
    return world_.until([&] {
      seen_.insert(world_.get("shop.test", "/").body);
      return world_.admin("/metrics").body.find("slardar_ejections_total 1\n") != std::string::npos;
    });
  }

  World world_{1};
  registry::Route route_ = route_of("web", {"shop.test"});
  std::set<std::string> seen_;  // what visitors got
};

TEST_F(GatewayEjection, a_task_that_answers_badly_gets_nothing_for_a_while) {
  bool broken = true;
  HttpPeer& bad = world_.peer([&](const http::RequestHead&, const std::string&) {
    return http::Response(broken ? 503 : 200, "bad");
  });
  serve(bad.port());
  ASSERT_TRUE(until_ejected());
  const int asked = bad.requests();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(world_.get("shop.test", "/").body, "good");
  EXPECT_EQ(bad.requests(), asked);
  broken = false;
  EXPECT_TRUE(world_.until([&] { return world_.get("shop.test", "/").body == "bad"; }));
}

TEST_F(GatewayEjection, an_answer_that_is_a_failure_counts_though_no_visitor_sees_it) {
  HttpPeer& bad =
      world_.peer([](const http::RequestHead&, const std::string&) { return http::Response(404, "bad"); });
  route_.health.statuses = {{404, false}};
  serve(bad.port());
  EXPECT_TRUE(until_ejected());
  EXPECT_EQ(seen_, std::set<std::string>{"good"});
}

TEST_F(GatewayEjection, an_answer_that_is_a_failure_counts_where_it_is_passed_on_too) {
  HttpPeer& bad =
      world_.peer([](const http::RequestHead&, const std::string&) { return http::Response(404, "bad"); });
  route_.health.statuses = {{404, false}};
  route_.entrances[0].retry.tries = 1;
  serve(bad.port());
  EXPECT_TRUE(until_ejected());
  EXPECT_TRUE(seen_.contains("bad"));
}

TEST_F(GatewayEjection, an_answer_whose_body_is_broken_from_its_begin_counts) {
  const ScriptedPeer::Script broken{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n"};
  ScriptedPeer& bad = world_.scripted_peer(std::deque<ScriptedPeer::Script>(100, broken));
  route_.health.enable = false;  // a check would take a connection
  serve(bad.port());
  EXPECT_TRUE(until_ejected());
  EXPECT_TRUE(seen_.contains("bad_response\n"));
}

}  // namespace
}  // namespace hancock::slardar
