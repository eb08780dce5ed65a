#include "http/server.h"

#include <gtest/gtest.h>

#include "http/date.h"
#include "http/server_testing.h"

namespace hancock::http {
namespace {

io::Async<void> echo_body(Exchange& exchange) {
  auto body = co_await read_all(exchange.body(), 64 << 20, kForever);
  if (!body) co_return;
  co_await exchange.respond({200, std::move(*body)});
}

io::Async<void> stream_words(Exchange& exchange) {
  co_await exchange.start(200);
  co_await exchange.write("one ");
  co_await exchange.write("");
  co_await exchange.write("two");
  co_await exchange.finish();
}

TEST_F(ServerTest, answers_pipelined_requests_in_order_on_one_connection) {
  EXPECT_EQ(said(echo_target, {get("/1") + get("/22") + get("/333", kClose)}),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/1"
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n/22"
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n/333");
}

TEST_F(ServerTest, a_request_may_come_byte_by_byte) {
  std::vector<std::string> bytes;
  for (const char c : post("abc", kClose)) bytes.emplace_back(1, c);
  EXPECT_TRUE(said(echo_body, bytes).ends_with("\r\n\r\nabc"));
}

TEST_F(ServerTest, HEAD_has_the_length_but_no_body) {
  const std::string head = "HEAD /x HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(said(echo_target, {head + "\r\n" + head + kClose + "\r\n"}),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
}

TEST_F(ServerTest, streams_in_chunks_but_to_http_1_0_until_the_connection_closes) {
  EXPECT_EQ(said(stream_words, {get("/", kClose)}),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            "4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n");
  server_.reset();
  EXPECT_EQ(said(stream_words, {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"}),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none two");
}

TEST_F(ServerTest, after_101_bytes_go_both_ways_as_they_are) {
  const Handler shout = [](Exchange& exchange) -> io::Async<void> {
    ResponseHead head(101);
    head.headers.add("Upgrade", "shout");
    co_await exchange.start(std::move(head));
    for (std::string said; said.size() < 6;) {
      const auto piece = co_await exchange.body().read(kForever);
      if (!piece || piece->empty()) co_return;
      said += *piece;
      co_await exchange.write(std::string(piece->size(), '!'));
    }
    co_await exchange.finish();
  };
  EXPECT_EQ(said(shout, {get("/", "Connection: upgrade\r\nUpgrade: shout\r\n") + "a", "bcd", "ef"}),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout\r\nConnection: upgrade\r\n\r\n!!!!!!");
}

TEST_F(ServerTest, http_1_0_may_keep_its_connection) {
  const std::string request = "GET /a HTTP/1.0\r\n";
  EXPECT_EQ(said(echo_target, {request + "Connection: keep-alive\r\n\r\n" + request + "\r\n"}),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n/a"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
}

TEST_F(ServerTest, a_streamed_answer_may_have_a_length_and_must_keep_to_it) {
  std::vector<std::optional<ErrorCode>> seen;
  const auto handler = [&seen](Exchange& exchange) -> io::Async<void> {
    Headers fields{{"Content-Length", "3"}};
    ResponseHead head(200, std::move(fields));
    co_await exchange.start(std::move(head));
    auto two = co_await exchange.write("ab");
    auto early = co_await exchange.finish();
    seen = {two ? std::nullopt : std::optional(two.error().code),
            early ? std::nullopt : std::optional(early.error().code)};
  };
  const std::string got = said(handler, {get("/", kClose)});
  EXPECT_EQ(seen, (std::vector<std::optional<ErrorCode>>{std::nullopt, ErrorCode::kInvalid}));
  EXPECT_TRUE(got.ends_with("\r\n\r\nab")) << got;
}

TEST_F(ServerTest, reads_bodies_by_length_and_by_chunks_and_goes_on_behind_them) {
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: "
      "x\r\n\r\n";
  EXPECT_EQ(said(echo_body, {post("12"), chunked, post("", kClose)}),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n12"
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_F(ServerTest, large_bodies_pass_both_ways) {
  const std::string body(8 << 20, 'x');
  const std::string got = said(echo_body, {post(body, kClose)});
  EXPECT_TRUE(got.ends_with(body));
  EXPECT_LT(got.size(), body.size() + 200);
}

TEST_F(ServerTest, a_broken_chunk_is_answered_400_when_the_handler_gives_up) {
  const std::string got =
      said(echo_body,
           {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n" + get("/")});
  EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ")) << got;
  EXPECT_EQ(got.find("HTTP/1.1", 1), std::string::npos);
}

TEST_F(ServerTest, continue_is_sent_when_the_handler_reads) {
  const std::string got = said(echo_body, {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n" + kClose +
                                               "Expect: 100-continue\r\n\r\n",
                                           "ab"});
  EXPECT_TRUE(got.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << got;
}

TEST_F(ServerTest, without_a_reader_there_is_no_continue_and_the_connection_ends) {
  const std::string got =
      said(echo_target, {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"});
  EXPECT_EQ(got, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
}

TEST_F(ServerTest, an_unread_body_is_skipped_up_to_a_bound_beyond_which_the_connection_ends) {
  EXPECT_EQ(said(echo_target, {post(std::string(100'000, 'x')), get("/b", kClose)}),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n/"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/b");
  server_.reset();
  EXPECT_EQ(said(echo_target, {post(std::string(600'000, 'x'))}),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n/");
}

TEST_F(ServerTest, what_breaks_the_rules_never_reaches_the_handler_and_ends_the_connection) {
  int calls = 0;
  const auto count = [&calls](Exchange& exchange) -> io::Async<void> {
    ++calls;
    co_await exchange.respond(204);
  };
  const std::string smuggled = post("x", "Transfer-Encoding: chunked\r\n") + get("/evil");
  const std::string got = said(count, {get("/") + smuggled});
  EXPECT_TRUE(got.starts_with("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 400 Bad Request\r\n")) << got;
  EXPECT_NE(got.find("Connection: close"), std::string::npos);
  EXPECT_EQ(calls, 1);
  server_.reset();
  EXPECT_TRUE(said(count, {"TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"}).starts_with("HTTP/1.1 405 "));
  server_.reset();
  EXPECT_TRUE(
      said(count, {get("/", "A: " + std::string(40'000, 'a') + "\r\n")}).starts_with("HTTP/1.1 431 "));
  EXPECT_EQ(calls, 1);
}

TEST_F(ServerTest, a_slow_head_is_cut_with_408_and_an_idle_connection_without_a_word) {
  limits_.head = 20ms;
  EXPECT_TRUE(said(echo_target, {"GET / HT"}).starts_with("HTTP/1.1 408 "));
  server_.reset();
  limits_ = {};
  limits_.idle = 20ms;
  EXPECT_EQ(said(echo_target, {}), "");
}

TEST_F(ServerTest, a_slow_body_ends_in_408) {
  limits_.body_idle = 20ms;
  EXPECT_TRUE(said(echo_body, {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"})
                  .starts_with("HTTP/1.1 408 "));
}

TEST_F(ServerTest, a_handler_that_says_nothing_makes_a_500_and_one_that_does_not_finish_a_cut) {
  const auto silent = [](Exchange&) -> io::Async<void> { co_return; };
  EXPECT_TRUE(said(silent, {get("/", kClose)}).starts_with("HTTP/1.1 500 "));
  server_.reset();
  const auto unfinished = [](Exchange& exchange) -> io::Async<void> {
    co_await exchange.start(200);
    co_await exchange.write("a");
  };
  EXPECT_TRUE(said(unfinished, {get("/")}).ends_with("\r\n\r\n1\r\na\r\n"));
}

TEST_F(ServerTest, data_in_a_header_cannot_add_a_line) {
  Result<void> answered;
  const auto handler = [&answered](Exchange& exchange) -> io::Async<void> {
    Headers fields{{"Location", "/a\r\nSet-Cookie: evil"}};
    Response response(302, "", std::move(fields));
    answered = co_await exchange.respond(std::move(response));
  };
  const std::string got = said(handler, {get("/", kClose)});
  EXPECT_TRUE(got.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(got.find("evil"), std::string::npos);
  EXPECT_EQ(answered.error().code, ErrorCode::kInvalid);
}

TEST(HttpDate, is_of_the_fixed_form) {
  EXPECT_EQ(http_date(WallTime(std::chrono::milliseconds(784'111'777'999))), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_F(ServerTest, a_request_knows_its_peer) {
  std::string host;
  const auto handler = [&host](Exchange& exchange) -> io::Async<void> {
    host = exchange.peer().host();
    co_await exchange.respond(204);
  };
  EXPECT_EQ(said(handler, {get("/", kClose)}), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(host, "127.0.0.1");
}

}  // namespace
}  // namespace hancock::http
