// HTTP/2 peers, frame by frame, behind a whole gateway in this process.
#include <gtest/gtest.h>

#include "slardar/testing/http2_peer.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using H2 = Http2Visitor;
using Peer2 = Http2Peer;

const H2::Fields kOk{{":status", "200"}};

/// A gateway with one route, shop.test, to HTTP/2 peers of the test's choice.
class GatewayHttp2Peers : public ::testing::Test {
 protected:
  Peer2& peer(Peer2::Settings settings = {}) {
    auto& made = *peers_.emplace_back(std::make_unique<Peer2>(world_.loop, std::move(settings)));
    world_.put(endpoint_of("web", "t" + std::to_string(peers_.size()), made.port()));
    return made;
  }
  void start(const std::function<void(registry::Entrance&)>& change = {}) {
    registry::Route route = route_of("web", {"shop.test"});
    route.entrances[0].protocol = "grpc";
    if (change) change(route.entrances[0]);
    world_.put(route);
    world_.start();
  }
  H2 visit(std::vector<std::pair<uint16_t, uint32_t>> settings = {}) {
    return H2(world_.loop, world_.http(), std::move(settings));
  }
  bool until(const std::function<bool()>& holds) { return world_.until(holds); }
  /// Waits until it has so many requests; the last of them.
  Peer2::Request& asked(Peer2& peer, size_t count = 1) {
    EXPECT_TRUE(until([&] { return peer.requests().size() >= count; }));
    return peer.requests()[count - 1];
  }
  static H2::Fields grpc_fields() {
    return H2::fields_of("POST", "/shop.Cart/Add",
                         {{"content-type", "application/grpc"}, {"te", "trailers"}});
  }
  uint32_t call(H2& visitor) {
    const uint32_t id = visitor.next_id();
    visitor.head(id, grpc_fields(), H2::kEndHeaders);
    return id;
  }

  World world_{1};
  std::deque<std::unique_ptr<Peer2>> peers_;
};

TEST_F(GatewayHttp2Peers, a_request_and_its_answer_with_trailers_both_ways) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello");
  visitor.head(id, {{"x-sum", "5"}});
  auto& request = asked(peer2);
  ASSERT_TRUE(until([&] { return request.ended; }));
  EXPECT_EQ(request.head.get(":method"), "POST");
  EXPECT_EQ(request.head.get(":scheme"), "http");
  EXPECT_EQ(request.head.get(":authority"), "shop.test");
  EXPECT_EQ(request.head.get(":path"), "/shop.Cart/Add");
  EXPECT_EQ(request.head.get("te"), "trailers");
  EXPECT_EQ(request.head.get("x-forwarded-for"), "127.0.0.1");
  EXPECT_FALSE(request.head.has("transfer-encoding"));
  EXPECT_FALSE(request.head.has("host"));
  EXPECT_EQ(request.body, "hello");
  EXPECT_EQ(request.trailers.get("x-sum"), "5");
  peer2.head(request, {{":status", "200"}, {"content-type", "application/grpc"}});
  peer2.data(request, "world");
  peer2.head(request, {{"grpc-status", "0"}}, H2::kEndHeaders | H2::kEndStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("content-type"), "application/grpc");
  EXPECT_EQ(answer.body, "world");
  EXPECT_EQ(answer.trailers.get("grpc-status"), "0");
  EXPECT_TRUE(answer.ended);
}

TEST_F(GatewayHttp2Peers, both_sides_speak_in_turn_on_one_stream) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  auto& request = asked(peer2);
  peer2.head(request, kOk);
  ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].status == 200; }));
  std::string said;
  for (const std::string word : {"a", "b", "c"}) {
    visitor.data(id, word);
    said += word;
    ASSERT_TRUE(until([&] { return request.body == said; }));
    peer2.data(request, word);
    ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].body == said; }));
  }
  visitor.data(id, "", H2::kEndStream);
  ASSERT_TRUE(until([&] { return request.ended; }));
  peer2.head(request, {{"grpc-status", "0"}}, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer(id).trailers.get("grpc-status"), "0");
}

TEST_F(GatewayHttp2Peers, who_only_listens_is_served_as_long_as_something_comes) {
  Peer2& peer2 = peer();
  constexpr Duration kIdle = 1s;
  start([&](registry::Entrance& entrance) { entrance.timeouts.idle_ms = kIdle / 1ms; });
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "all of it, please");
  auto& request = asked(peer2);
  peer2.head(request, kOk);
  size_t said = 0;
  for (const TimePoint over = world_.loop.now() + 2 * kIdle; world_.loop.now() < over;) {
    peer2.data(request, "x");
    ++said;
    ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].body.size() == said; }));
  }
  visitor.data(id, "", H2::kEndStream);
  ASSERT_TRUE(until([&] { return request.ended; }));
  peer2.head(request, {{"grpc-status", "0"}}, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer(id).trailers.get("grpc-status"), "0");
}

TEST_F(GatewayHttp2Peers, an_answer_of_one_head_stays_one_head) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello", H2::kEndStream);
  peer2.head(asked(peer2), {{":status", "200"}, {"grpc-status", "5"}}, H2::kEndHeaders | H2::kEndStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.headers.get("grpc-status"), "5");
  EXPECT_TRUE(answer.ended);
  EXPECT_EQ(visitor.data_frames, 0U);
}

TEST_F(GatewayHttp2Peers, an_answer_before_the_end_of_the_request_ends_both_without_an_error) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  auto& request = asked(peer2);
  peer2.head(request, {{":status", "200"}, {"grpc-status", "7"}}, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer(id).headers.get("grpc-status"), "7");
  ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].reset.has_value(); }));
  EXPECT_EQ(visitor.answers[id].reset, H2::kNoError);
  ASSERT_TRUE(until([&] { return request.reset.has_value(); }));
  EXPECT_EQ(request.reset, H2::kNoError);
}

TEST_F(GatewayHttp2Peers, visitors_of_http1_get_chunks_and_trailers) {
  Peer2& peer2 = peer();
  start();
  Visitor visitor = world_.visit();
  visitor.send(
      "POST /a HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n"
      "5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n");
  auto& request = asked(peer2);
  ASSERT_TRUE(until([&] { return request.ended; }));
  EXPECT_EQ(request.body, "hello");
  EXPECT_EQ(request.trailers.get("x-sum"), "5");
  EXPECT_EQ(request.head.get("te"), "trailers");
  peer2.head(request, {{":status", "103"}, {"link", "</a>"}});
  peer2.head(request, {{":status", "200"}, {"x-a", "b"}});
  peer2.data(request, "world");
  peer2.head(request, {{"x-end", "1"}}, H2::kEndHeaders | H2::kEndStream);
  std::string text;
  while (!text.ends_with("x-end: 1\r\n\r\n")) text += visitor.some(1);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n"));
  EXPECT_NE(text.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  EXPECT_NE(text.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(text.find("5\r\nworld\r\n0\r\nx-end: 1\r\n\r\n"), std::string::npos);
  visitor.send("GET /b HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  peer2.answer(asked(peer2, 2), "again");
  const http::Answer answer = visitor.answer();
  EXPECT_EQ(answer.body, "again");
  EXPECT_EQ(answer.headers.get("Content-Length"), "5");
  EXPECT_EQ(peer2.connections(), 1U);
}

TEST_F(GatewayHttp2Peers, a_length_stays_and_trailers_behind_it_too) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.get();
  auto& request = asked(peer2);
  peer2.head(request, {{":status", "200"}, {"content-length", "5"}});
  peer2.data(request, "hello");
  peer2.head(request, {{"x-sum", "5"}}, H2::kEndHeaders | H2::kEndStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.headers.get("content-length"), "5");
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.trailers.get("x-sum"), "5");
}

TEST_F(GatewayHttp2Peers, answers_without_a_body) {
  Peer2& peer2 = peer();
  start();
  Visitor visitor = world_.visit();
  visitor.send("HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  peer2.head(asked(peer2), {{":status", "200"}, {"content-length", "5"}}, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer("HEAD").headers.get("Content-Length"), "5");
  visitor.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  peer2.head(asked(peer2, 2), {{":status", "204"}}, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer().status, 204);
  visitor.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  peer2.head(asked(peer2, 3), kOk, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer().headers.get("Content-Length"), "0");
  visitor.send("HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  peer2.head(asked(peer2, 4), kOk, H2::kEndHeaders | H2::kEndStream);
  EXPECT_EQ(visitor.answer("HEAD").headers.get("Content-Length"), std::nullopt) << "a GET might have one";
}

TEST_F(GatewayHttp2Peers, calls_share_a_connection_up_to_what_the_peer_takes) {
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

TEST_F(GatewayHttp2Peers, more_calls_than_all_connections_take_wait_their_turn) {
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

TEST_F(GatewayHttp2Peers, what_a_leaving_peer_has_not_looked_at_goes_elsewhere) {
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

TEST_F(GatewayHttp2Peers, a_refused_stream_is_asked_again_whatever_its_method) {
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

TEST_F(GatewayHttp2Peers, one_that_refuses_always_is_given_up) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = visitor.get();
  for (size_t i = 1; i <= 5; ++i) peer2.reset(asked(peer2, i), H2::kRefusedStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.headers.get("x-slardar-error"), "peer_closed");
}

TEST_F(GatewayHttp2Peers, what_may_have_had_an_effect_is_not_sent_twice) {
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

TEST_F(GatewayHttp2Peers, a_visitor_who_leaves_resets_his_stream_alone) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  const uint32_t other = visitor.get();
  asked(peer2, 2);
  visitor.reset(id);
  ASSERT_TRUE(until([&] { return peer2.requests()[0].reset.has_value(); }));
  EXPECT_EQ(peer2.requests()[0].reset, H2::kCancel);
  peer2.answer(peer2.requests()[1], "other");
  EXPECT_EQ(visitor.answer(other).body, "other");
  EXPECT_EQ(peer2.connections(), 1U);
}

TEST_F(GatewayHttp2Peers, a_cut_answer_resets_the_visitors_stream_and_says_what_the_peer_said) {
  Peer2& peer2 = peer();
  start();
  H2 visitor = visit();
  size_t count = 0;
  for (const auto& [said, heard] :
       std::vector<std::pair<int, int>>{{H2::kCancel, H2::kCancel},
                                        {H2::kEnhanceYourCalm, H2::kEnhanceYourCalm},
                                        {H2::kProtocolError, H2::kInternalError},
                                        {H2::kNoError, H2::kInternalError}}) {
    const uint32_t id = visitor.get();
    auto& request = asked(peer2, ++count);
    peer2.head(request, kOk);
    peer2.data(request, "some");
    ASSERT_TRUE(visitor.until([&] { return visitor.answers[id].body == "some"; }));
    peer2.reset(request, said);
    EXPECT_EQ(visitor.answer(id).reset, heard) << said;
  }
}

TEST_F(GatewayHttp2Peers, an_answer_that_breaks_the_rules_is_502) {
  Peer2& peer2 = peer();
  start([](registry::Entrance& entrance) { entrance.retry.tries = 1; });
  H2 visitor = visit();
  const std::vector<H2::Fields> broken{{{"x-a", "b"}},
                                       {{":status", "20"}},
                                       {{":status", "200"}, {":status", "200"}},
                                       {{":status", "200"}, {"connection", "close"}},
                                       {{":status", "200"}, {"transfer-encoding", "chunked"}},
                                       {{":status", "200"}, {"X-A", "b"}},
                                       {{":status", "200"}, {"x-a", "b\r\nc: d"}},
                                       {{":status", "200"}, {"content-length", "5,5"}},
                                       {{":status", "101"}},
                                       {{":status", "200"}, {"x-large", std::string(33 << 10, 'x')}}};
  size_t count = 0;
  for (const H2::Fields& fields : broken) {
    const uint32_t id = visitor.get();
    auto& request = asked(peer2, ++count);
    std::string block = H2::encoded(fields);
    const std::string first = block.substr(0, 16'000);
    block.erase(0, first.size());
    const uint8_t whole = block.empty() ? H2::kEndHeaders : 0;
    peer2.send(request.connection, {H2::kHeaders, whole, request.stream, first});
    while (!block.empty()) {
      const std::string more = block.substr(0, 16'000);
      block.erase(0, more.size());
      const uint8_t last = block.empty() ? H2::kEndHeaders : 0;
      peer2.send(request.connection, {H2::kContinuation, last, request.stream, more});
    }
    const auto& answer = visitor.answer(id);
    EXPECT_EQ(answer.status, 502) << count;
    EXPECT_EQ(answer.headers.get("x-slardar-error"), "bad_response") << count;
    ASSERT_TRUE(until([&] { return request.reset.has_value(); })) << count;
    EXPECT_EQ(request.reset, H2::kProtocolError) << count;
  }
  EXPECT_EQ(peer2.connections(), 1U);
}

TEST_F(GatewayHttp2Peers, who_does_not_speak_http2_is_not_connected_to) {
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

TEST_F(GatewayHttp2Peers, failures_are_said_as_gRPC_does) {
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello", H2::kEndStream);
  const auto& nobody = visitor.answer(id);
  EXPECT_EQ(nobody.status, 200);
  EXPECT_EQ(nobody.headers.get("content-type"), "application/grpc");
  EXPECT_EQ(nobody.headers.get("grpc-status"), "14");
  EXPECT_EQ(nobody.headers.get("x-slardar-error"), "no_peer");
  EXPECT_EQ(visitor.data_frames, 0U);
  const uint32_t lost = visitor.next_id();
  auto fields = grpc_fields();
  fields[2].value = "other.test";
  visitor.head(lost, fields);
  EXPECT_EQ(visitor.answer(lost).headers.get("grpc-status"), "12");
  EXPECT_NE(world_.admin("/metrics").body.find("code=\"503\""), std::string::npos);
}

TEST_F(GatewayHttp2Peers, an_answer_that_does_not_come_in_time_is_DEADLINE_EXCEEDED) {
  Peer2& peer2 = peer();
  start([](registry::Entrance& entrance) { entrance.timeouts.response_head_ms = 50; });
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  visitor.data(id, "hello", H2::kEndStream);
  const auto& answer = visitor.answer(id);
  EXPECT_EQ(answer.headers.get("grpc-status"), "4");
  EXPECT_EQ(answer.headers.get("x-slardar-error"), "head_timeout");
  ASSERT_TRUE(until([&] { return asked(peer2).reset.has_value(); }));
  EXPECT_EQ(asked(peer2).reset, H2::kCancel);
}

TEST_F(GatewayHttp2Peers, a_slow_reader_stops_his_own_stream_alone) {
  Peer2& peer2 = peer();
  start();
  H2 slow = visit();
  slow.gives_windows = false;
  const uint32_t large = slow.get("/large");
  auto& request = asked(peer2);
  peer2.head(request, kOk);
  int64_t sent = 0;
  const std::string piece(16'000, 'x');
  const auto push = [&] {
    while (peer2.window_of(request) - sent >= 16'000) {
      peer2.data(request, piece);
      sent += 16'000;
    }
  };
  ASSERT_TRUE(slow.until([&] {
    push();
    return slow.answers[large].body.size() == 65'535;  // all that he may have
  }));
  // Others of the same connection are answered, and with that all that was under way has arrived.
  H2 other = visit();
  size_t count = 1;
  for (int i = 0; i < 20; ++i) {
    const uint32_t id = other.get();
    peer2.answer(asked(peer2, ++count), "small");
    EXPECT_EQ(other.answer(id).body, "small");
    push();
  }
  EXPECT_LT(sent, 600'000);
  EXPECT_EQ(peer2.connections(), 1U);
}

TEST_F(GatewayHttp2Peers, a_peer_that_opens_no_window_stops_the_visitor) {
  Peer2& peer2 = peer();
  peer2.gives_windows = false;
  start();
  H2 visitor = visit();
  const uint32_t id = call(visitor);
  ASSERT_TRUE(visitor.until([&] { return visitor.settings_acknowledged; }));
  visitor.stream_windows[id] += visitor.initial_window;
  auto& request = asked(peer2);
  const std::string piece(16'000, 'x');
  int64_t sent = 0;
  while (true) {
    while (visitor.stream_windows[id] >= 16'000 && visitor.connection_window >= 16'000) {
      visitor.data(id, piece);
      visitor.stream_windows[id] -= 16'000;
      visitor.connection_window -= 16'000;
      sent += 16'000;
    }
    // An answer to another request shows that nothing is under way.
    const size_t before = peer2.requests().size();
    const uint32_t other = visitor.get();
    peer2.answer(asked(peer2, before + 1), "small");
    ASSERT_EQ(visitor.answer(other).body, "small");
    if (visitor.stream_windows[id] < 16'000) break;
    ASSERT_LT(sent, 64 << 20) << "the windows grow though nobody reads";
  }
  EXPECT_TRUE(until([&] { return request.body.size() == 65'535; }));
  EXPECT_LT(sent, 600'000);
}

TEST_F(GatewayHttp2Peers, a_peer_that_leaves_the_route_finishes_its_calls) {
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

}  // namespace
}  // namespace hancock::slardar
