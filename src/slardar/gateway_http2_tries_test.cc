// HTTP/2 to peers, frame by frame: which connection a call goes to, and what is asked again elsewhere.
#include "slardar/testing/gateway_http2_peers.h"

namespace hancock::slardar {
namespace {

using namespace testing;

class GatewayHttp2Tries : public GatewayHttp2Peers {};

TEST_F(GatewayHttp2Tries, calls_share_a_connection_up_to_what_the_peer_takes) {
  constexpr uint16_t kStreams = 3;
  Peer2& peer2 = peer({{kStreams, 4}});
  start();
  H2 visitor = visit();
  std::vector<uint32_t> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(visitor.get("/" + std::to_string(i)));
  asked(peer2, 10);
  EXPECT_EQ(peer2.connections(), 3U);
  for (auto& request : peer2.requests()) peer2.answer(request, std::string(*request.head.get(":path")));
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(visitor.answer(ids[i]).body, "/" + std::to_string(i));
  const uint32_t last = visitor.get("/last");
  peer2.answer(asked(peer2, 11), "last");
  EXPECT_EQ(visitor.answer(last).body, "last");
  EXPECT_EQ(peer2.connections(), 3U);
}

TEST_F(GatewayHttp2Tries, more_calls_than_all_connections_take_wait_their_turn) {
  constexpr uint16_t kStreams = 3;
  Peer2& peer2 = peer({{kStreams, 1}});
  start([](registry::Entrance& entrance) { entrance.timeouts.connect_ms = 20'000; });
  H2 visitor = visit();
  std::vector<uint32_t> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(visitor.get("/" + std::to_string(i)));
  asked(peer2, 16);
  for (size_t i = 0; i < ids.size(); ++i) peer2.answer(asked(peer2, i + 1), "yes");
  for (const uint32_t id : ids) EXPECT_EQ(visitor.answer(id).body, "yes");
  EXPECT_EQ(peer2.connections(), 16U);
}

TEST_F(GatewayHttp2Tries, one_whose_connections_are_full_is_passed_by_and_not_taken_for_unreachable) {
  constexpr uint16_t kStreams = 3;
  Peer2& full = peer({{kStreams, 1}});
  Peer2& other = peer();
  start();
  H2 visitor = visit();
  const auto ask = [&](size_t count) {
    visitor.get();
    return until([&] { return full.requests().size() + other.requests().size() >= count; });
  };
  for (size_t count = 1; count <= 2 * 16; ++count) ASSERT_TRUE(ask(count));
  ASSERT_EQ(full.requests().size(), 16U);
  for (size_t count = 33; count <= 34; ++count) ASSERT_TRUE(ask(count));
  EXPECT_EQ(other.requests().size(), 18U);
  full.answer(full.requests()[0], "done");  // room for one more
  for (size_t count = 35; count <= 36; ++count) ASSERT_TRUE(ask(count));
  EXPECT_EQ(full.requests().size(), 17U);
}

TEST_F(GatewayHttp2Tries, what_a_leaving_peer_has_not_looked_at_goes_elsewhere) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t first = call(visitor);
  asked(peer2, 1);
  const uint32_t second = call(visitor);
  visitor.data(second, "hello", H2::kEndStream);
  asked(peer2, 2);
  const auto one = peer2.requests()[0];
  peer2.go_away(0, one.stream);
  auto& again = asked(peer2, 3);
  EXPECT_EQ(again.connection, 1U);
  ASSERT_TRUE(until([&] { return again.ended; }));
  EXPECT_EQ(again.body, "hello");
  peer2.answer(again, "second");
  EXPECT_EQ(visitor.answer(second).body, "second");
  visitor.data(first, "x", H2::kEndStream);  // the one before goes on where it is
  ASSERT_TRUE(until([&] { return peer2.requests()[0].ended; }));
  peer2.answer(one, "first");
  EXPECT_EQ(visitor.answer(first).body, "first");
  EXPECT_TRUE(until([&] { return !peer2.is_open(0); }));
  EXPECT_TRUE(peer2.is_open(1));
}

TEST_F(GatewayHttp2Tries, a_refused_stream_is_asked_again_whatever_its_method) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello", H2::kEndStream);
  peer2.reset(asked(peer2), H2::kRefusedStream);
  auto& again = asked(peer2, 2);
  ASSERT_TRUE(until([&] { return again.ended; }));
  EXPECT_EQ(again.body, "hello");
  peer2.answer(again, "yes");
  EXPECT_EQ(visitor.answer(id).body, "yes");
}

TEST_F(GatewayHttp2Tries, one_that_refuses_always_is_given_up) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.get();
  for (size_t i = 1; i <= 5; ++i) peer2.reset(asked(peer2, i), H2::kRefusedStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.headers.get("x-slardar-error"), "peer_closed");
}

TEST_F(GatewayHttp2Tries, what_may_have_had_an_effect_is_not_sent_twice) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t posted = call(visitor);
  visitor.data(posted, "hello", H2::kEndStream);
  ASSERT_TRUE(until([&] { return asked(peer2).ended; }));
  peer2.close(0);
  const auto& failed = visitor.answer(posted);
  EXPECT_EQ(failed.status, 200);
  EXPECT_EQ(failed.headers.get("grpc-status"), "14");
  EXPECT_EQ(failed.headers.get("x-slardar-error"), "peer_closed");
  EXPECT_EQ(peer2.requests().size(), 1U);
  // A used connection that ends says nothing: what is idempotent is asked once more.
  const uint32_t warm = visitor.get();
  peer2.answer(asked(peer2, 2), "warm");
  EXPECT_EQ(visitor.answer(warm).body, "warm");
  const uint32_t got = visitor.get();
  asked(peer2, 3);
  peer2.close(1);
  peer2.answer(asked(peer2, 4), "again");
  EXPECT_EQ(visitor.answer(got).body, "again");
}

TEST_F(GatewayHttp2Tries, who_does_not_speak_http2_is_not_connected_to) {
  HttpPeer& old = world_.named_peer("old");
  world_.put(endpoint_of("web", "old", old.port()));
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello", H2::kEndStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.headers.get("grpc-status"), "14");
  EXPECT_EQ(answer.headers.get("x-slardar-error"), "connect_failed");
  EXPECT_EQ(old.requests(), 0);
}

TEST_F(GatewayHttp2Tries, a_peer_that_leaves_the_route_finishes_its_calls) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  auto& request = asked(peer2);
  registry::Endpoint leaving = endpoint_of("web", "t1", peer2.port());
  leaving.state = registry::EndpointState::kDraining;
  world_.put(leaving);
  ASSERT_TRUE(until([&] { return peer2.told_to_go(0).has_value(); }));
  EXPECT_EQ(peer2.told_to_go(0), H2::kNoError);
  visitor.data(id, "hello", H2::kEndStream);
  ASSERT_TRUE(until([&] { return request.ended; }));
  peer2.answer(request, "done");
  EXPECT_EQ(visitor.answer(id).body, "done");
  EXPECT_TRUE(until([&] { return !peer2.is_open(0); }));
}

TEST_F(GatewayHttp2Tries, what_was_answered_badly_is_asked_elsewhere_only_if_it_may_be_done_twice) {
  Peer2& one = peer();
  Peer2& two = peer();
  const auto server = [](Peer2& each) {
    return R"({"host":"127.0.0.1","port":)" + std::to_string(each.port()) + "}";
  };
  world_.put("/hancock/upstreams/own.test",
             R"({"servers":[)" + server(one) + "," + server(two) +
                 R"(],"protocol":"http2","try":2,"http_opts":{"statuses":{"502":false}}})");
  start();
  const auto asked_of_both = [&] { return one.requests().size() + two.requests().size(); };
  for (const std::string method : {"GET", "POST"}) {
    const size_t before = asked_of_both();
    const size_t of_one = one.requests().size();
    H2 visitor = visit();
    const uint32_t id = visitor.next_id();
    visitor.head(id, {{":method", method}, {":scheme", "http"}, {":authority", "own.test"}, {":path", "/"}});
    ASSERT_TRUE(until([&] { return asked_of_both() == before + 1; }));
    Peer2& first = one.requests().size() > of_one ? one : two;
    Peer2& second = &first == &one ? two : one;
    first.head(first.requests().back(), {{":status", "502"}}, H2::kEndHeaders | H2::kEndStream);
    if (method == "GET") {
      ASSERT_TRUE(until([&] { return asked_of_both() == before + 2; }));
      second.answer(second.requests().back(), "well");
      EXPECT_EQ(visitor.answer(id).body, "well");
    } else {
      EXPECT_EQ(visitor.answer(id).status, 502);
      EXPECT_EQ(asked_of_both(), before + 1);
    }
  }
}

}  // namespace
}  // namespace hancock::slardar
