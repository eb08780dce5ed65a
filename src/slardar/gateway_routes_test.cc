// What a route says about its requests, through a whole gateway in this process.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "slardar/http/traceparent.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A gateway with one route, shop.test, which tests change before they start.
class GatewayRoutes : public ::testing::Test {
 protected:
  static std::string get(const std::string& lines = "", const std::string& target = "/") {
    return "GET " + target + " HTTP/1.1\r\nHost: shop.test\r\n" + lines + "\r\n";
  }
  static std::string error_of(const http::Answer& answer) {
    return std::string(answer.headers.get("X-Slardar-Error").value_or(""));
  }
  static int count(const http::Headers& headers, std::string_view name) {
    return static_cast<int>(std::count_if(headers.begin(), headers.end(), [&](const http::Header& each) {
      return http::same_name(each.name, name);
    }));
  }
  registry::Entrance& entrance() { return route_.entrances[0]; }
  HttpPeer& serve(HttpPeer& peer, uint32_t version = 1) {
    world_.put(endpoint_of("web", "t" + std::to_string(++tasks_), peer.port(), version));
    return peer;
  }
  void start() {
    world_.put(route_);
    world_.start();
  }
  http::Answer ask(const std::string& lines = "", const std::string& target = "/") {
    Visitor visitor = world_.visit();
    visitor.send(get(lines, target));
    return visitor.answer();
  }

  World world_{2};
  registry::Route route_ = route_of("web", {"shop.test"});
  int tasks_ = 0;
};

TEST_F(GatewayRoutes, a_client_keeps_the_cookie_and_the_version_that_he_got) {
  serve(world_.named_peer("one"), 1);
  serve(world_.named_peer("two"), 2);
  route_.split = {{1, 50}, {2, 50}};
  entrance().sticky = "cookie:shop";
  start();
  std::set<std::string> seen;
  for (int client = 0; client < 20; ++client) {
    const http::Answer first = ask();
    const std::string given(first.headers.get("Set-Cookie").value_or(""));
    ASSERT_TRUE(given.starts_with("shop=") && given.ends_with("; Path=/; HttpOnly; SameSite=Lax")) << given;
    const std::string cookie = "Cookie: a=b; " + given.substr(0, given.find(';')) + "\r\n";
    for (int i = 0; i < 5; ++i) {
      const http::Answer again = ask(cookie);
      EXPECT_EQ(again.body, first.body);
      EXPECT_FALSE(again.headers.get("Set-Cookie")) << "he has one";
    }
    seen.insert(first.body);
  }
  EXPECT_EQ(seen.size(), 2U) << "not all of them are the same one's";
}

TEST_F(GatewayRoutes, when_weights_change_only_the_share_that_must_moves) {
  serve(world_.named_peer("one"), 1);
  serve(world_.named_peer("two"), 2);
  route_.split = {{1, 90}, {2, 10}};
  entrance().sticky = "header:X-User";
  start();
  std::map<int, std::string> before;
  for (int user = 0; user < 60; ++user) before[user] = ask("X-User: u" + std::to_string(user) + "\r\n").body;
  const auto moved_back = [&] {
    int count = 0;
    for (const auto& [user, was] : before) {
      if (was == "two" && ask("X-User: u" + std::to_string(user) + "\r\n").body != "two") ++count;
    }
    return count;
  };
  route_.split = {{1, 50}, {2, 50}};
  ++route_.generation;
  world_.put(route_);
  const auto by_two = [&] {
    int count = 0;
    for (int user = 0; user < 60; ++user) {
      if (ask("X-User: u" + std::to_string(user) + "\r\n").body == "two") ++count;
    }
    return count;
  };
  EXPECT_TRUE(world_.until([&] { return by_two() > 15; }));
  EXPECT_EQ(moved_back(), 0);
}

TEST_F(GatewayRoutes, a_client_whose_version_has_nobody_is_served_by_another) {
  serve(world_.named_peer("one"), 1);
  route_.split = {{1, 1}, {2, 99}};
  entrance().sticky = "header:X-User";
  start();
  for (int user = 0; user < 10; ++user)
    EXPECT_EQ(ask("X-User: u" + std::to_string(user) + "\r\n").body, "one");
}

TEST_F(GatewayRoutes, by_hash_a_client_keeps_his_task) {
  for (const std::string name : {"one", "two", "three"}) serve(world_.named_peer(name));
  entrance().balance = "hash";
  entrance().sticky = "header:X-User";
  start();
  std::set<std::string> seen;
  for (int user = 0; user < 60; ++user) {
    const std::string field = "X-User: u" + std::to_string(user) + "\r\n";
    const std::string task = ask(field, "/a").body;
    for (const std::string target : {"/a", "/b", "/b?c"}) EXPECT_EQ(ask(field, target).body, task);
    seen.insert(task);
  }
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(ask("", "/x").body, ask("", "/x").body) << "who is not known goes by the URL";
}

TEST_F(GatewayRoutes, plain_visitors_are_sent_to_https) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  entrance().redirect_https = true;
  start();
  Visitor visitor = world_.visit();
  for (int i = 0; i < 2; ++i) {
    visitor.send("GET /a?b=c HTTP/1.1\r\nHost: Shop.test:8080\r\n\r\n");
    const http::Answer answer = visitor.answer();
    EXPECT_EQ(answer.status, 308);
    EXPECT_EQ(answer.headers.get("Location"), "https://Shop.test/a?b=c");
    EXPECT_EQ(error_of(answer), "");
  }
  EXPECT_EQ(peer.requests(), 0);
}

TEST_F(GatewayRoutes, headers_are_set_and_removed_both_ways) {
  HttpPeer& peer = serve(world_.peer([](const http::RequestHead&, const std::string&) {
    http::Response response(200, "web");
    response.headers.add("Server", "x");
    response.headers.add("X-Frame-Options", "none");
    return response;
  }));
  entrance().request_headers = {{{"X-Forwarded-Proto", "https"}, {"X-Shop", "new"}},
                                {"Cookie", "x-request-id"}};
  entrance().response_headers = {{{"X-Frame-Options", "DENY"}}, {"server"}};
  start();
  const http::Answer answer = ask("Cookie: a=b\r\nX-Shop: old\r\nx-shop: older\r\n");
  EXPECT_EQ(answer.body, "web");
  EXPECT_EQ(answer.headers.get("X-Frame-Options"), "DENY");
  EXPECT_FALSE(answer.headers.get("Server"));
  const http::Headers& sent = peer.last().headers;
  EXPECT_EQ(sent.get("X-Forwarded-Proto"), "https");
  EXPECT_EQ(sent.get("X-Shop"), "new");
  EXPECT_EQ(count(sent, "X-Shop"), 1);
  EXPECT_FALSE(sent.get("Cookie"));
  EXPECT_FALSE(sent.get("X-Request-Id"));
}

TEST_F(GatewayRoutes, a_total_time_ends_the_wait_for_an_answer) {
  // Each waits for a second request, which never comes.
  ScriptedPeer& peer = world_.scripted_peer(std::deque<ScriptedPeer::Script>(50, {"", ""}));
  world_.put(endpoint_of("web", "t1", peer.port()));
  entrance().timeouts.total_ms = 50;
  start();
  ASSERT_TRUE(world_.answers("shop.test", 504));
  EXPECT_EQ(error_of(world_.get("shop.test", "/")), "head_timeout");
}

TEST_F(GatewayRoutes, a_total_time_cuts_an_answer_that_goes_on) {
  ScriptedPeer& peer = world_.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ""}});
  world_.put(endpoint_of("web", "t1", peer.port()));
  entrance().timeouts.total_ms = 500;
  start();
  Visitor visitor = world_.visit();
  visitor.send(get());
  const std::string all = visitor.rest();
  EXPECT_TRUE(all.ends_with("abc")) << all;
  const std::string metrics = world_.admin("/metrics").body;
  EXPECT_NE(metrics.find("slardar_errors_total{error=\"idle_timeout\"} 1"), std::string::npos) << metrics;
}

TEST_F(GatewayRoutes, a_rate_is_answered_with_when_to_come_again) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  entrance().limits = {.rate = 1, .burst = 3};
  start();
  int served = 0;
  for (int i = 0; i < 6; ++i) {
    const http::Answer answer = ask();
    if (answer.status == 200) {
      ++served;
      continue;
    }
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(error_of(answer), "limited");
    EXPECT_EQ(answer.headers.get("Retry-After"), "1");
  }
  EXPECT_GE(served, 3) << "for all workers together";
  EXPECT_LE(served, 5) << "the burst, and what the time of the test adds";
  EXPECT_EQ(peer.requests(), served);
}

TEST_F(GatewayRoutes, what_is_in_flight_is_counted_across_a_change_of_the_route) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  ScriptedPeer& peer = world_.scripted_peer({{"", ok}, {ok}, {ok}});  // the first one waits for the body
  world_.put(endpoint_of("web", "t1", peer.port()));
  entrance().limits = {.in_flight = 1};
  start();
  Visitor first = world_.visit();
  first.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\n");
  ASSERT_TRUE(world_.until([&] { return peer.requests().size() == 1; }));
  EXPECT_EQ(ask().status, 429);
  const std::string swaps = "slardar_snapshot_swaps_total ";
  const auto swapped = [&] {
    const std::string text = world_.admin("/metrics").body;
    return text.substr(text.find("\n" + swaps), 40);
  };
  const std::string before = swapped();
  entrance().retry.tries = 1;
  ++route_.generation;
  world_.put(route_);
  ASSERT_TRUE(world_.until([&] { return swapped() != before; }));
  EXPECT_EQ(ask().status, 429) << "the one from before is still there";
  first.send("\r\n\r\n");
  EXPECT_EQ(first.answer("POST").status, 200);
  EXPECT_TRUE(world_.until([&] { return ask().status == 200; })) << "it ends a moment after its answer";
}

TEST_F(GatewayRoutes, a_trace_goes_on_or_begins) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  start();
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ask("traceparent: " + parent + "\r\ntracestate: a=1,b=2\r\n");
  EXPECT_EQ(peer.last().headers.get("traceparent"), parent);
  EXPECT_EQ(peer.last().headers.get("tracestate"), "a=1,b=2");
  ask("traceparent: nonsense\r\ntracestate: a=1\r\n");
  EXPECT_TRUE(is_traceparent(peer.last().headers.get("traceparent").value_or("")));
  EXPECT_EQ(count(peer.last().headers, "traceparent"), 1);
  EXPECT_FALSE(peer.last().headers.get("tracestate")) << "it was that of another trace";
  ask();
  EXPECT_TRUE(is_traceparent(peer.last().headers.get("traceparent").value_or("")));
}

}  // namespace
}  // namespace hancock::slardar
