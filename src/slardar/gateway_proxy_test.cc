// PROXY headers before and behind a whole gateway in this process.
#include <gtest/gtest.h>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayProxy : public ::testing::Test {
 protected:
  void trust(const char* network) { world_.config.proxy_protocol.push_back(*Network::parse(network)); }
  HttpPeer& start() {
    HttpPeer& peer = world_.named_peer("web");
    world_.put(route_of("web", {"shop.test"}));
    world_.put(endpoint_of("web", "t1", peer.port()));
    world_.start();
    return peer;
  }
  static inline const std::string kHeader = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\n";
  static constexpr const char* kRequest = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  World world_{1};
};

TEST_F(GatewayProxy, a_trusted_header_names_the_visitor) {
  trust("127.0.0.0/8");
  HttpPeer& peer = start();
  Visitor visitor = world_.visit();
  visitor.send(std::string("PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\n") + kRequest);
  EXPECT_EQ(visitor.answer().body, "web");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-For"), "192.0.2.1");
  visitor.send(kRequest);
  EXPECT_EQ(visitor.answer().body, "web");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-For"), "192.0.2.1") << "for the whole connection";
}

TEST_F(GatewayProxy, it_may_come_in_pieces_and_before_the_request) {
  trust("127.0.0.1");
  HttpPeer& peer = start();
  Visitor visitor = world_.visit();
  visitor.send("PROXY TCP6 2001:db8::1 2001");
  world_.run_for(5ms);
  visitor.send(":db8::2 1 2\r");
  world_.run_for(5ms);
  visitor.send("\n");
  world_.run_for(5ms);
  visitor.send(kRequest);
  EXPECT_EQ(visitor.answer().body, "web");
  EXPECT_EQ(peer.last().headers.get("X-Forwarded-For"), "2001:db8::1");
}

TEST_F(GatewayProxy, who_must_send_one_and_does_not_is_closed) {
  trust("127.0.0.1");
  HttpPeer& peer = start();
  Visitor visitor = world_.visit();
  visitor.send(kRequest);
  EXPECT_EQ(visitor.rest(), "");
  EXPECT_EQ(peer.requests(), 0);
}

TEST_F(GatewayProxy, who_is_not_trusted_is_not_believed) {
  trust("10.0.0.0/8");
  HttpPeer& peer = start();
  Visitor liar = world_.visit();
  liar.send(std::string("PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\n") + kRequest);
  EXPECT_EQ(liar.answer().status, 400);
  EXPECT_EQ(peer.requests(), 0);
}

TEST_F(GatewayProxy, at_the_limit_of_connections_each_counts_once) {
  trust("127.0.0.1");
  world_.config.descriptors = 0;  // some are kept in any case
  start();
  std::vector<Visitor> visitors;
  for (int i = 0; i < 128; ++i) {
    visitors.push_back(world_.visit());
    visitors.back().send(kHeader + kRequest);
    ASSERT_EQ(visitors.back().answer().status, 200) << i;
  }
  Visitor one_more = world_.visit();
  EXPECT_EQ(one_more.rest(), "");
  EXPECT_NE(world_.admin("/metrics").body.find("slardar_connections_turned_away_total 1\n"),
            std::string::npos);
}

TEST_F(GatewayProxy, peers_of_a_tcp_entrance_are_told_who_visits) {
  trust("127.0.0.1");
  ScriptedPeer& peer = world_.scripted_peer({{"hello"}});
  const uint16_t port = free_port(world_.loop);
  registry::Route route = tcp_route_of("db", port);
  route.entrances[0].proxy_protocol = "v1";
  world_.put(route);
  world_.put(endpoint_of("db", "t1", peer.port()));
  world_.start();
  const io::Address address = *io::Address::of("127.0.0.1", port);
  ASSERT_TRUE(world_.until([&] { return !io::Listener::listen(world_.loop, address); }));
  Visitor visitor(world_.loop, address);
  visitor.send("PROXY TCP4 192.0.2.1 198.51.100.2 56324 5432\r\nquery\r\n\r\n");
  EXPECT_EQ(visitor.some(5), "hello");
  ASSERT_EQ(peer.requests().size(), 1U);
  EXPECT_EQ(peer.requests()[0], "PROXY TCP4 192.0.2.1 198.51.100.2 56324 5432\r\nquery\r\n\r\n");
}

TEST_F(GatewayProxy, peers_of_hosts_are_told_who_visits_on_a_connection_for_each_request) {
  trust("127.0.0.1");
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  ScriptedPeer& peer = world_.scripted_peer({{ok, ok}, {ok, ok}, {ok, ok}});
  registry::Route route = route_of("web", {"shop.test"});
  route.entrances[0].proxy_protocol = "v1";
  world_.put(route);
  world_.put(endpoint_of("web", "t1", peer.port()));
  world_.start();
  Visitor one = world_.visit();
  one.send("PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\n");
  Visitor other = world_.visit();
  other.send("PROXY TCP6 2001:db8::1 2001:db8::2 7 443\r\n");
  for (Visitor* visitor : {&one, &other, &one}) {
    visitor->send(kRequest);
    EXPECT_EQ(visitor->answer().status, 200);
  }
  ASSERT_EQ(peer.requests().size(), 3U);
  EXPECT_TRUE(
      peer.requests()[0].starts_with("PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\nGET / HTTP/1.1\r\n"));
  EXPECT_TRUE(
      peer.requests()[1].starts_with("PROXY TCP6 2001:db8::1 2001:db8::2 7 443\r\nGET / HTTP/1.1\r\n"));
  EXPECT_TRUE(
      peer.requests()[2].starts_with("PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\nGET / HTTP/1.1\r\n"));
  EXPECT_EQ(peer.accepted(), 3);
}

}  // namespace
}  // namespace hancock::slardar
