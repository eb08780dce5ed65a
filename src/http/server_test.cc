#include "http/server.h"

#include <gtest/gtest.h>

#include "http/date.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/tcp.h"

namespace hancock::http {
namespace {

const std::string kClose = "Connection: close\r\n";

std::string get(const std::string& target, const std::string& lines = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}
std::string post(const std::string& body, const std::string& lines = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + lines +
         "\r\n" + body;
}

io::Async<std::string> read_to_end(io::Stream& stream) {
  std::string all;
  std::vector<char> buffer(65536);
  while (true) {
    auto n = co_await stream.recv(buffer, stream.loop().now() + 20s);
    if (!n) co_return all + "<" + std::string(to_string(n.error().code)) + ">";
    if (*n == 0) co_return all;
    all.append(buffer.data(), *n);
  }
}

// Sends `pieces` one after the other and gives all that comes back until the server closes.
io::Async<std::string> talk(io::Loop& loop, io::Address server, std::vector<std::string> pieces) {
  auto stream = *co_await io::connect(loop, server, loop.now() + 5s);
  for (const std::string& piece : pieces) {
    auto sent = co_await stream->send(piece, loop.now() + 20s);
    if (!sent) break;
  }
  co_return co_await read_to_end(*stream);
}

std::string without_date(std::string text) {
  const std::string sample = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  for (size_t at = 0; (at = text.find("Date: ", at)) != std::string::npos;) text.erase(at, sample.size());
  return text;
}

class ServerTest : public testing::Test {
 protected:
  io::Address start(Handler handler) {
    server_.emplace(loop_, std::move(handler), limits_);
    return *server_->listen(*io::Address::parse("127.0.0.1:0"));
  }
  ~ServerTest() override {
    if (server_) loop_.block_on(server_->close(loop_.now() + 5s));
  }
  // What a client that sends `pieces` reads, without Date fields.
  std::string said(const Handler& handler, std::vector<std::string> pieces) {
    const io::Address address = start(handler);
    return without_date(loop_.block_on(talk(loop_, address, std::move(pieces))));
  }

  io::Loop loop_;
  ServerLimits limits_;
  std::optional<Server> server_;
};

io::Async<void> echo_target(Exchange& exchange) {
  co_await exchange.respond({200, exchange.request().target});
}

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

TEST_F(ServerTest, a_client_that_does_not_read_fails_the_write) {
  limits_.send_idle = 20ms;
  std::optional<ErrorCode> seen;
  io::Signal done(loop_);
  const io::Address address = start([&seen, &done](Exchange& exchange) -> io::Async<void> {
    co_await exchange.start(200);
    const std::string piece(1 << 20, 'x');
    while (true) {
      auto written = co_await exchange.write(piece);
      if (written) continue;
      seen = written.error().code;
      break;
    }
    done.set();
  });
  const auto client = [](io::Loop& loop, io::Address server, io::Signal& end) -> io::Async<void> {
    auto stream = *co_await io::connect(loop, server, loop.now() + 5s);
    const std::string request = get("/");
    co_await stream->send(request);
    co_await end.wait(loop.now() + 20s);
  };
  loop_.block_on(client(loop_, address, done));
  EXPECT_EQ(seen, ErrorCode::kTimeout);
}

// Waits for its stop token, then says why it ended.
io::Async<void> watch(Exchange& exchange, bool& stopped) {
  co_await exchange.start(200);
  co_await exchange.write("a");
  const bool slept = co_await exchange.loop().sleep_for(1h, exchange.stopping());
  stopped = !slept;
  co_await exchange.finish();
}

TEST_F(ServerTest, a_long_answer_is_asked_to_stop_when_its_client_has_gone) {
  bool stopped = false;
  const io::Address address = start([&stopped](Exchange& exchange) { return watch(exchange, stopped); });
  const auto client = [](io::Loop& loop, io::Address server, Server& watched) -> io::Async<void> {
    {
      auto stream = *co_await io::connect(loop, server, loop.now() + 5s);
      const std::string request = get("/");
      co_await stream->send(request);
      std::array<char, 4096> buffer{};
      co_await stream->recv(buffer, loop.now() + 5s);
    }
    const TimePoint deadline = loop.now() + 5s;
    while (watched.connections() > 0 && loop.now() < deadline) co_await loop.sleep_for(1ms);
  };
  loop_.block_on(client(loop_, address, *server_));
  EXPECT_TRUE(stopped);
}

TEST_F(ServerTest, close_ends_idle_connections_at_once_and_asks_long_answers_to_stop) {
  bool stopped = false;
  const io::Address address = start([&stopped](Exchange& exchange) { return watch(exchange, stopped); });
  const auto run = [](io::Loop& loop, io::Address to, Server& server) -> io::Async<std::vector<std::string>> {
    auto idle = *co_await io::connect(loop, to, loop.now() + 5s);
    auto busy = *co_await io::connect(loop, to, loop.now() + 5s);
    const std::string request = get("/");
    co_await busy->send(request);
    std::array<char, 4096> buffer{};
    co_await busy->recv(buffer, loop.now() + 5s);
    co_await server.close(loop.now() + 60s);
    std::vector<std::string> seen;
    seen.push_back(co_await read_to_end(*idle));
    seen.push_back(co_await read_to_end(*busy));
    co_return seen;
  };
  const auto seen = loop_.block_on(run(loop_, address, *server_));
  EXPECT_TRUE(stopped);
  EXPECT_EQ(seen[0], "");
  EXPECT_TRUE(seen[1].ends_with("0\r\n\r\n")) << seen[1];
  EXPECT_FALSE(server_->listen(address));
}

TEST_F(ServerTest, close_lets_an_answer_finish_and_cuts_at_the_deadline_what_does_not_end) {
  io::Signal entered(loop_);
  const io::Address address = start([&entered](Exchange& exchange) -> io::Async<void> {
    entered.set();
    if (exchange.request().target == "/stuck") co_await exchange.loop().sleep_for(1h);
    co_await exchange.loop().sleep_for(20ms);
    co_await exchange.respond({200, "done"});
  });
  const auto run = [](io::Loop& loop, io::Address to, Server& server,
                      io::Signal& begun) -> io::Async<std::vector<std::string>> {
    auto good = *co_await io::connect(loop, to, loop.now() + 5s);
    auto stuck = *co_await io::connect(loop, to, loop.now() + 5s);
    const std::string first = get("/good"), second = get("/stuck");
    co_await stuck->send(second);
    co_await begun.wait(loop.now() + 5s);
    co_await good->send(first);
    co_await begun.wait(loop.now() + 5s);
    co_await server.close(loop.now() + 200ms);
    std::vector<std::string> seen;
    seen.push_back(co_await read_to_end(*good));
    seen.push_back(co_await read_to_end(*stuck));
    co_return seen;
  };
  const auto seen = loop_.block_on(run(loop_, address, *server_, entered));
  EXPECT_TRUE(seen[0].ends_with("Connection: close\r\n\r\ndone")) << seen[0];
  EXPECT_EQ(seen[1], "");
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(ServerTest, connections_past_the_limit_are_closed_at_once) {
  limits_.connections = 1;
  const io::Address address = start(echo_target);
  const auto run = [](io::Loop& loop, io::Address to) -> io::Async<std::vector<std::string>> {
    auto first = *co_await io::connect(loop, to, loop.now() + 5s);
    auto second = *co_await io::connect(loop, to, loop.now() + 5s);
    std::vector<std::string> seen;
    seen.push_back(co_await read_to_end(*second));
    const std::string request = get("/a", kClose);
    co_await first->send(request);
    seen.push_back(co_await read_to_end(*first));
    co_return seen;
  };
  const auto seen = loop_.block_on(run(loop_, address));
  EXPECT_EQ(seen[0], "");
  EXPECT_TRUE(seen[1].ends_with("/a"));
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
