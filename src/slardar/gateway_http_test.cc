// HTTP through a whole gateway in this process.
#include <gtest/gtest.h>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

std::string get(const std::string& path, const std::string& lines = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n" + lines + "\r\n";
}

std::string ok(const std::string& body, const std::string& lines = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + lines + "\r\n" + body;
}

std::string error_of(const http::Answer& answer) {
  return std::string(answer.headers.get("X-Slardar-Error").value_or(""));
}

/// A gateway with one route, shop.test, to peers of the test's choice.
class GatewayHttp : public ::testing::Test {
 protected:
  template <class PeerType>
  PeerType& serve(PeerType& peer) {
    world_.put(endpoint_of("web", "t" + std::to_string(++tasks_), peer.port()));
    return peer;
  }
  /// A port on which nobody listens.
  void serve_nobody() {
    world_.put(endpoint_of("web", "t" + std::to_string(++tasks_), free_port(world_.loop)));
  }
  void start() {
    world_.put(route_);
    world_.start();
  }
  HttpPeer& echo() {
    return world_.peer(
        [](const http::RequestHead&, const std::string& body) { return http::Response(200, body); });
  }

  World world_{1};
  registry::Route route_ = route_of("web", {"shop.test"});
  int tasks_ = 0;
};

TEST_F(GatewayHttp, a_request_goes_to_its_host_with_who_asked) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  start();
  const http::Answer answer = world_.get("Shop.Test:80", "/a?b=c");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "web");
  EXPECT_EQ(peer.last().target, "/a?b=c");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-Host"), "Shop.Test:80");
  EXPECT_EQ(peer.last().headers.get("X-Request-Id").value_or("").size(), 16U);
}

TEST_F(GatewayHttp, failures_have_codes) {
  start();
  const http::Answer unknown = world_.get("other.test", "/");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(error_of(unknown), "no_route");
  const http::Answer empty = world_.get("shop.test", "/");
  EXPECT_EQ(empty.status, 503);
  EXPECT_EQ(error_of(empty), "no_peer");
  serve_nobody();
  ASSERT_TRUE(world_.answers("shop.test", 502));
  EXPECT_EQ(error_of(world_.get("shop.test", "/")), "connect_failed");
}

TEST_F(GatewayHttp, both_sides_keep_their_connection) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  start();
  Visitor visitor = world_.visit();
  for (int i = 0; i < 5; ++i) {
    visitor.send(get("/"));
    EXPECT_EQ(visitor.answer().body, "web");
  }
  EXPECT_EQ(peer.requests(), 5);
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(GatewayHttp, pipelined_requests_are_answered_in_order) {
  serve(world_.peer([](const http::RequestHead& head, const std::string& body) {
    return http::Response(200, head.target + body);
  }));
  start();
  Visitor visitor = world_.visit();
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: shop.test\r\n";
    all += i % 2 ? "Content-Length: 2\r\n\r\n#x"
                 : "Transfer-Encoding: chunked\r\n\r\n1\r\n#\r\n1\r\nx\r\n0\r\n\r\n";
  }
  visitor.send(all);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(visitor.answer("POST").body, "/" + std::to_string(i) + "#x");
}

TEST_F(GatewayHttp, large_bodies_pass_both_ways_unharmed) {
  serve(echo());
  start();
  std::string body(10 << 20, '\0');
  SeededRandom random(1);
  for (size_t i = 0; i < body.size(); i += 8) {
    const uint64_t bits = random.next();
    std::memcpy(body.data() + i, &bits, 8);
  }
  Visitor visitor = world_.visit();
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n");
  visitor.send(body);
  EXPECT_TRUE(visitor.answer("POST").body == body);

  visitor.send(
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  for (size_t at = 0; at < body.size(); at += 100'000) {
    const std::string piece = body.substr(at, 100'000);
    char head[16];
    std::snprintf(head, sizeof head, "%zx\r\n", piece.size());
    visitor.send(head + piece + "\r\n");
  }
  visitor.send("0\r\n\r\n");
  EXPECT_TRUE(visitor.answer("POST").body == body);
}

TEST_F(GatewayHttp, answers_without_a_body_have_none) {
  serve(world_.scripted_peer(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ok("last")}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send("HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  EXPECT_EQ(visitor.answer("HEAD").headers.get("Content-Length"), "5");
  visitor.send(get("/"));
  EXPECT_EQ(visitor.answer().status, 204);
  visitor.send(get("/"));
  EXPECT_EQ(visitor.answer().status, 304);
  visitor.send(get("/"));
  EXPECT_EQ(visitor.answer().body, "last");
}

TEST_F(GatewayHttp, a_body_that_ends_with_the_peers_close_is_whole_for_every_visitor) {
  const std::string until_close = "HTTP/1.1 200 OK\r\nDate: today\r\n\r\nhello";
  serve(world_.scripted_peer({{until_close}, {until_close}}));
  start();
  Visitor modern = world_.visit();
  modern.send(get("/"));
  const http::Answer answer = modern.answer();
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.headers.get("Transfer-Encoding"), "chunked");
  Visitor old = world_.visit();
  old.send("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");
  EXPECT_EQ(old.rest(), "HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\nhello");
}

TEST_F(GatewayHttp, an_http_1_0_visitor_gets_chunks_unwrapped) {
  serve(
      world_.scripted_peer({{"HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: "
                             "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}));
  start();
  Visitor old = world_.visit();
  old.send("GET / HTTP/1.0\r\nHost: shop.test\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(old.rest(), "HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\nhello");
}

TEST_F(GatewayHttp, expect_100_continue_is_asked_of_the_peer) {
  serve(world_.scripted_peer({{"HTTP/1.1 100 Continue\r\n\r\n" + ok("done")}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(
      "POST / HTTP/1.1\r\nHost: shop.test\r\nExpect: "
      "100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(visitor.answer("POST").status, 100);
  EXPECT_EQ(visitor.answer("POST").body, "done");
}

TEST_F(GatewayHttp, an_early_answer_to_a_large_upload_arrives) {
  serve(
      world_.scripted_peer({{"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: "
                             "close\r\n\r\n"}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000000\r\n\r\n" +
               std::string(200'000, 'x'));
  const http::Answer answer = visitor.answer("POST");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.headers.get("Connection"), "close");
  EXPECT_EQ(visitor.rest(), "");
}

TEST_F(GatewayHttp, a_refused_connection_costs_nothing_but_a_look_at_the_next_peer) {
  serve_nobody();
  serve(world_.named_peer("web"));
  start();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world_.get("shop.test", "/").status, 200);
  Visitor visitor = world_.visit();
  for (int i = 0; i < 4; ++i) {
    visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\nab");
    EXPECT_EQ(visitor.answer("POST").status, 200);
  }
}

TEST_F(GatewayHttp, a_pooled_connection_that_died_is_replaced_for_requests_that_may_be_sent_again) {
  // Answers once and closes without saying so, as soon as the second request comes.
  const std::string quiet_end = "";
  ScriptedPeer& peer = serve(world_.scripted_peer({{ok("one"), quiet_end}, {ok("two")}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(get("/1"));
  EXPECT_EQ(visitor.answer().body, "one");
  visitor.send(get("/2"));
  EXPECT_EQ(visitor.answer().body, "two");
  EXPECT_EQ(peer.accepted(), 2);
}

TEST_F(GatewayHttp, a_post_that_was_written_to_a_dying_connection_is_not_sent_twice) {
  ScriptedPeer& peer = serve(world_.scripted_peer({{ok("one"), ""}, {ok("two")}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(get("/1"));
  EXPECT_EQ(visitor.answer().body, "one");
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\nab");
  const http::Answer answer = visitor.answer("POST");
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(error_of(answer), "peer_closed");
  EXPECT_EQ(peer.accepted(), 1);
}

TEST_F(GatewayHttp, a_route_may_say_that_everything_can_be_sent_again) {
  route_.entrances[0].retry.unsafe = true;
  serve(world_.scripted_peer({{ok("one"), ""}, {ok("two")}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(get("/1"));
  EXPECT_EQ(visitor.answer().body, "one");
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(visitor.answer("POST").body, "two");
}

TEST_F(GatewayHttp, a_peer_that_drops_a_new_connection_hands_a_get_to_the_next) {
  serve(world_.scripted_peer({{""}, {""}, {""}, {""}}));
  serve(world_.named_peer("web"));
  start();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(world_.get("shop.test", "/").body, "web");
}

TEST_F(GatewayHttp, what_was_read_of_a_body_is_sent_again_to_the_next_peer) {
  ScriptedPeer& dropping = serve(world_.scripted_peer({{""}}));
  serve(echo());
  start();
  const std::string body(40'000, 'b');
  Visitor visitor = world_.visit();
  visitor.send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 40000\r\n\r\n" + body.substr(0, 10'000));
  ASSERT_TRUE(world_.until([&] { return dropping.requests().size() == 1; }));
  visitor.send(body.substr(10'000));
  EXPECT_EQ(visitor.answer("PUT").body, body);
}

TEST_F(GatewayHttp, a_broken_answer_is_502_and_its_connection_is_not_used_again) {
  ScriptedPeer& peer = serve(world_.scripted_peer(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab", ok("never")}, {ok("fresh")}}));
  start();
  const http::Answer broken = world_.get("shop.test", "/");
  EXPECT_EQ(broken.status, 502);
  EXPECT_EQ(error_of(broken), "bad_response");
  EXPECT_EQ(world_.get("shop.test", "/").body, "fresh");
  EXPECT_EQ(peer.accepted(), 2);
}

TEST_F(GatewayHttp, interim_answers_without_end_are_a_broken_answer) {
  std::string flood;
  for (int i = 0; i < 1'000; ++i) flood += "HTTP/1.1 103 Early Hints\r\n\r\n";
  serve(world_.scripted_peer({{flood}}));
  start();
  Visitor old = world_.visit();
  old.send("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");
  const http::Answer answer = old.answer();
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(error_of(answer), "bad_response");
}

// Its end is the connection's: only a reset tells a cut answer from a whole
// one.
TEST_F(GatewayHttp, an_answer_that_was_cut_resets_a_visitor_who_could_not_tell) {
  serve(world_.scripted_peer({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
                              {"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                               "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}));
  start();
  for (const bool cut : {true, false}) {
    Visitor old = world_.visit();
    old.send("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");
    const std::string all = old.rest();
    EXPECT_EQ(old.was_reset(), cut) << all;
  }
}

TEST_F(GatewayHttp, visitors_past_the_limit_are_turned_away) {
  World world(1);
  world.config.descriptors = 0;  // some are kept in any case
  world.start();
  std::vector<Visitor> visitors;
  const auto in_flight = [&](Visitor& visitor) {
    visitor.send("GET / HTTP/1.1\r\nHost: none.test\r\n\r\n");
    return visitor.answer().status == 404;
  };
  for (int i = 0; i < 128; ++i) {
    visitors.push_back(world.visit());
    ASSERT_TRUE(in_flight(visitors.back())) << i;
  }
  Visitor one_more = world.visit();
  EXPECT_EQ(one_more.rest(), "");
  EXPECT_NE(world.admin("/metrics").body.find("slardar_connections_turned_away_total 1\n"),
            std::string::npos);
  visitors.pop_back();
  EXPECT_TRUE(world.until([&] { return world.get("none.test", "/").status == 404; }));
}

TEST_F(GatewayHttp, an_answer_that_ends_early_is_cut_for_the_visitor_too) {
  serve(world_.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(get("/"));
  EXPECT_EQ(visitor.answer().status, 0);
}

TEST_F(GatewayHttp, a_peer_that_does_not_answer_in_time_is_504) {
  route_.entrances[0].timeouts.response_head_ms = 50;
  auto listener = *io::Listener::listen(world_.loop, *io::Address::parse("127.0.0.1:0"));
  world_.put(endpoint_of("web", "silent", listener->address().port()));
  start();
  const http::Answer answer = world_.get("shop.test", "/");
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(error_of(answer), "head_timeout");
}

TEST_F(GatewayHttp, requests_that_could_be_read_in_two_ways_are_refused_and_reach_nobody) {
  HttpPeer& peer = serve(world_.named_peer("web"));
  start();
  const std::vector<std::string> bad = {
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: "
      "5\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: "
      "5\r\nContent-Length: 5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5,5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: +5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: gzip, "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding : "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: shop.test\r\nA: b\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: shop.test\nA: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: shop.test\r\nHost: other.test\r\n\r\n",
      "GET http://other.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET /#f HTTP/1.1\r\nHost: shop.test\r\n\r\n",
      get("/", "A: b" + std::string(1, '\0') + "c\r\n"),
  };
  for (const std::string& each : bad) {
    Visitor visitor = world_.visit();
    visitor.send(each + get("/smuggled"));
    const http::Answer answer = visitor.answer();
    EXPECT_EQ(answer.status, 400) << each;
    EXPECT_EQ(error_of(answer), "bad_request") << each;
    EXPECT_EQ(visitor.rest(), "") << each;
  }
  EXPECT_EQ(peer.requests(), 0);
}

TEST_F(GatewayHttp, methods_and_sizes_that_are_not_taken) {
  serve(world_.named_peer("web"));
  start();
  const auto status = [&](const std::string& request) {
    Visitor visitor = world_.visit();
    visitor.send(request);
    const http::Answer answer = visitor.answer();
    return std::to_string(answer.status) + " " + error_of(answer);
  };
  EXPECT_EQ(status("TRACE / HTTP/1.1\r\nHost: shop.test\r\n\r\n"), "405 bad_request");
  EXPECT_EQ(status("CONNECT shop.test:80 HTTP/1.1\r\nHost: shop.test:80\r\n\r\n"), "405 bad_request");
  EXPECT_EQ(status(get("/", "A: " + std::string(40'000, 'x') + "\r\n")), "431 head_too_large");
  EXPECT_EQ(status(get("/" + std::string(9'000, 'x'))), "414 head_too_large");
}

TEST_F(GatewayHttp, an_upgrade_joins_both_sides) {
  serve(
      world_.scripted_peer({{"HTTP/1.1 101 Switching Protocols\r\nConnection: "
                             "Upgrade\r\nUpgrade: echo\r\n\r\nhi",
                             "bye"}}));
  start();
  Visitor visitor = world_.visit();
  visitor.send(get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n"));
  const http::Answer answer = visitor.answer();
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.get("Upgrade"), "echo");
  EXPECT_EQ(visitor.some(2), "hi");
  visitor.send("any\r\n\r\n");
  EXPECT_EQ(visitor.rest(), "bye");
}

// Joined to its peer, its body would have two readers.
TEST_F(GatewayHttp, a_request_with_a_body_is_not_upgraded) {
  const std::string joins =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: "
      "Upgrade\r\nUpgrade: echo\r\n\r\n";
  ScriptedPeer& peer = serve(world_.scripted_peer({{joins}, {joins}, {ok("still here")}}));
  start();
  for (const std::string body : {"Content-Length: 1", "Transfer-Encoding: chunked"}) {
    Visitor visitor = world_.visit();
    visitor.send(get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n" + body + "\r\n"));
    const http::Answer answer = visitor.answer();
    EXPECT_EQ(answer.status, 502) << body;
    EXPECT_EQ(error_of(answer), "bad_response") << body;
    EXPECT_EQ(peer.requests().back().find("pgrade"), std::string::npos) << body;
  }
  EXPECT_EQ(world_.get("shop.test", "/").body, "still here");
}

TEST_F(GatewayHttp, peers_take_turns) {
  serve(world_.named_peer("a"));
  serve(world_.named_peer("b"));
  start();
  std::map<std::string, int> counts;
  for (int i = 0; i < 10; ++i) ++counts[world_.get("shop.test", "/").body];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"a", 5}, {"b", 5}}));
}

}  // namespace
}  // namespace hancock::slardar
