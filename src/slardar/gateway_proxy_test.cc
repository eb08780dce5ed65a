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

}  // namespace
}  // namespace hancock::slardar
