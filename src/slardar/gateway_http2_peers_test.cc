// HTTP/2 to peers, frame by frame: what of requests and answers is passed on, and how failures are said.
#include "slardar/testing/gateway_http2_peers.h"

namespace hancock::slardar {
namespace {

using namespace testing;

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

}  // namespace
}  // namespace hancock::slardar
