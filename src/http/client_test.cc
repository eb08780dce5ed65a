#include "http/client.h"

#include <gtest/gtest.h>

#include "http/server.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/tcp.h"

namespace hancock::http {
namespace {

io::Address loopback() { return *io::Address::parse("127.0.0.1:0"); }

// A peer that plays a script: for each connection, for each step, waits until `wait_for` has come and says
// `say`; closes after the last step.
struct Step {
  Step(std::string awaited, std::string answer) : wait_for(std::move(awaited)), say(std::move(answer)) {}
  std::string wait_for;
  std::string say;
};
using Script = std::vector<std::vector<Step>>;

class ScriptedPeer {
 public:
  ScriptedPeer(io::Loop& loop, Script script)
      : loop_(loop), script_(std::move(script)), listener_(*io::Listener::listen(loop, loopback())) {
    scope_.spawn(play());
  }
  ~ScriptedPeer() { scope_.cancel(); }

  const io::Address& address() const { return listener_->address(); }
  const std::vector<std::string>& received() const { return received_; }

 private:
  io::Async<void> play() {
    for (const auto& steps : script_) {
      auto stream = *co_await listener_->accept();
      std::string& got = received_.emplace_back();
      size_t from = 0;
      for (const Step& step : steps) {
        co_await read_until(*stream, got, from, step.wait_for);
        from = got.size();
        co_await stream->send(step.say, loop_.now() + 5s);
      }
    }
  }

  io::Async<void> read_until(io::Stream& stream, std::string& got, size_t from, const std::string& end) {
    std::array<char, 4096> buffer{};
    while (got.find(end, from) == std::string::npos) {
      auto n = co_await stream.recv(buffer, loop_.now() + 5s);
      if (!n || *n == 0) co_return;
      got.append(buffer.data(), *n);
    }
  }

  io::Loop& loop_;
  Script script_;
  std::unique_ptr<io::Listener> listener_;
  std::vector<std::string> received_;
  io::Scope scope_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ClientTest : public testing::Test {
 protected:
  Result<Answer> fetch(io::Address peer, const RequestHead& head, std::string body = "", Duration span = 5s,
                       size_t limit_bytes = 1 << 20) {
    return loop_.block_on(client_.fetch(peer, head, std::move(body), loop_.now() + span, limit_bytes));
  }
  // What the client makes of a peer that answers a GET with `bytes` and closes.
  Result<Answer> fetch_from(const std::string& bytes, const std::string& method = "GET") {
    ScriptedPeer peer(loop_, {{{"\r\n\r\n", bytes}}});
    return fetch(peer.address(), {method, "/"});
  }

  io::Loop loop_;
  Client client_{loop_};
};

io::Async<void> echo(Exchange& exchange) {
  auto body = co_await read_all(exchange.body(), 64 << 20, kForever);
  if (!body) co_return;
  Headers fields{{"X-Method", exchange.request().method},
                 {"X-Host", std::string(exchange.request().headers.get("Host").value_or(""))}};
  Response response(200, exchange.request().target + " " + *body, std::move(fields));
  co_await exchange.respond(std::move(response));
}

TEST_F(ClientTest, fetches_again_and_again_over_one_connection) {
  Server server(loop_, echo);
  const io::Address address = *server.listen(loopback());
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
    auto answer = fetch(address, {method, "/a"}, "body");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "/a body");
    EXPECT_EQ(answer->headers.get("x-method"), method);
    EXPECT_EQ(answer->headers.get("x-host"), address.to_string());
  }
  EXPECT_EQ(server.connections(), 1u);
  loop_.block_on(server.close(loop_.now() + 5s));
}

TEST_F(ClientTest, large_bodies_pass_both_ways) {
  Server server(loop_, echo);
  const io::Address address = *server.listen(loopback());
  const std::string body(8 << 20, 'x');
  auto answer = fetch(address, {"POST", "/"}, body, 20s, 16 << 20);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "/ " + body);
  loop_.block_on(server.close(loop_.now() + 5s));
}

TEST_F(ClientTest, a_temporary_head_survives_the_call_it_is_made_in) {
  Server server(loop_, echo);
  const io::Address address = *server.listen(loopback());
  const auto run = [](io::Loop& loop, Client& client, io::Address to) -> io::Async<Result<Answer>> {
    co_return co_await client.fetch(to, {"POST", "/a/path/that/is/longer/than/a/small/string"},
                                    "a body that is longer than a small string", loop.now() + 5s);
  };
  auto answer = loop_.block_on(run(loop_, client_, address));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body,
            "/a/path/that/is/longer/than/a/small/string a body that is longer than a small string");
  loop_.block_on(server.close(loop_.now() + 5s));
}

TEST_F(ClientTest, reads_answers_of_every_framing) {
  EXPECT_EQ(
      fetch_from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")->body,
      "abc");
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")->body, "abc");
  EXPECT_EQ(fetch_from("HTTP/1.0 200 OK\r\n\r\nuntil the end")->body, "until the end");
  EXPECT_EQ(fetch_from("HTTP/1.1 204 No Content\r\n\r\n")->body, "");
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD")->headers.get("content-length"),
            "3");
}

TEST_F(ClientTest, interim_answers_are_skipped) {
  auto answer = fetch_from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + kOk);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "ok");
  EXPECT_FALSE(answer->headers.has("A"));
}

TEST_F(ClientTest, a_broken_or_cut_answer_is_an_error) {
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\nA: b\r\n\r\n").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(fetch_from("SSH-2.0-OpenSSH\r\n").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(fetch_from("HTTP/1.1 101 Switching Protocols\r\n\r\n").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nX").error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n").error().code,
            ErrorCode::kClosed);
  EXPECT_EQ(fetch_from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").error().code, ErrorCode::kClosed);
  EXPECT_EQ(fetch_from("HTTP/1.1 200").error().code, ErrorCode::kClosed);
  EXPECT_EQ(fetch_from("").error().code, ErrorCode::kClosed);
}

TEST_F(ClientTest, refusals_time_outs_and_limits_have_their_codes) {
  io::Address nobody;
  {
    auto listener = *io::Listener::listen(loop_, loopback());
    nobody = listener->address();
  }
  EXPECT_EQ(fetch(nobody, {"GET", "/"}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fetch(*io::Address::parse("unix:/nowhere/at.all"), {"GET", "/"}).error().code,
            ErrorCode::kUnavailable);
  ScriptedPeer silent(loop_, {{{"never", ""}}});
  EXPECT_EQ(fetch(silent.address(), {"GET", "/"}, "", 20ms).error().code, ErrorCode::kTimeout);
  ScriptedPeer talkative(loop_, {{{"\r\n\r\n", kOk}}});
  EXPECT_EQ(fetch(talkative.address(), {"GET", "/"}, "", 5s, 1).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(fetch(talkative.address(), {"GET", "/a b"}).error().code, ErrorCode::kInvalid);
}

TEST_F(ClientTest, a_pooled_connection_that_was_closed_meanwhile_is_not_used) {
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", kOk}}, {{"\r\n\r\n", kOk}}});
  ASSERT_TRUE(fetch(peer.address(), {"POST", "/1"}));
  ASSERT_TRUE(fetch(peer.address(), {"POST", "/2"}));
  ASSERT_EQ(peer.received().size(), 2u);
  EXPECT_TRUE(peer.received()[1].starts_with("POST /2 "));
}

TEST_F(ClientTest, a_pooled_connection_that_dies_before_an_answer_is_replaced_once_for_idempotent_requests) {
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", kOk}, {"\r\n\r\n", ""}}, {{"\r\n\r\n", kOk}}});
  ASSERT_TRUE(fetch(peer.address(), {"GET", "/1"}));
  auto second = fetch(peer.address(), {"PUT", "/2"}, "body");
  ASSERT_TRUE(second) << second.error().message;
  ASSERT_EQ(peer.received().size(), 2u);
  EXPECT_NE(peer.received()[0].find("PUT /2"), std::string::npos);
  EXPECT_TRUE(peer.received()[1].starts_with("PUT /2"));
  EXPECT_TRUE(peer.received()[1].ends_with("\r\n\r\nbody"));
}

TEST_F(ClientTest, a_request_that_is_not_idempotent_is_never_sent_twice) {
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", kOk}, {"\r\n\r\n", ""}}, {{"\r\n\r\n", kOk}}});
  ASSERT_TRUE(fetch(peer.address(), {"GET", "/1"}));
  EXPECT_EQ(fetch(peer.address(), {"POST", "/2"}, "body").error().code, ErrorCode::kClosed);
  EXPECT_EQ(peer.received().size(), 1u);
}

TEST_F(ClientTest, a_fresh_connection_that_dies_is_not_replaced) {
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", ""}}, {{"\r\n\r\n", kOk}}});
  EXPECT_EQ(fetch(peer.address(), {"GET", "/"}).error().code, ErrorCode::kClosed);
}

TEST_F(ClientTest, a_connection_is_not_reused_after_close_or_with_bytes_that_nobody_asked_for) {
  const std::string closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
  for (const std::string& first : {closing, kOk + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"}) {
    ScriptedPeer peer(loop_, {{{"\r\n\r\n", first}, {"never", ""}}, {{"\r\n\r\n", kOk}}});
    ASSERT_EQ(fetch(peer.address(), {"GET", "/1"})->body, "ok");
    ASSERT_EQ(fetch(peer.address(), {"GET", "/2"})->body, "ok");
    EXPECT_EQ(peer.received().size(), 2u);
  }
}

TEST_F(ClientTest, an_early_answer_is_read_even_when_the_body_could_not_be_sent) {
  Server server(loop_, [](Exchange& exchange) -> io::Async<void> { co_await exchange.respond(413); });
  const io::Address address = *server.listen(loopback());
  const auto answer = fetch(address, {"POST", "/"}, std::string(32 << 20, 'x'), 20s);
  if (answer) {
    EXPECT_EQ(answer->status, 413);
  } else {
    EXPECT_EQ(answer.error().code, ErrorCode::kClosed) << answer.error().message;  // the reset came first
  }
  loop_.block_on(server.close(loop_.now() + 5s));
}

TEST_F(ClientTest, the_peers_keep_alive_time_is_believed_less_a_second) {
  const std::string brief = "HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=1\r\nContent-Length: 0\r\n\r\n";
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", brief}, {"never", ""}}, {{"\r\n\r\n", kOk}}});
  ASSERT_TRUE(fetch(peer.address(), {"GET", "/1"}));
  EXPECT_EQ(fetch(peer.address(), {"GET", "/2"})->body, "ok");
}

io::Async<Result<std::vector<std::string>>> stream_lines(io::Loop& loop, Client& client, io::Address peer) {
  const TimePoint deadline = loop.now() + 5s;
  const RequestHead head("POST", "/watch");
  auto call = co_await client.open(peer, head, deadline);
  if (!call) co_return forward_error(call);
  for (const char* piece : {"on", "e\ntwo\nth", "ree\n"}) {
    auto written = co_await (*call)->write(piece, deadline);
    if (!written) co_return forward_error(written);
  }
  auto finished = co_await (*call)->finish(deadline);
  if (!finished) co_return forward_error(finished);
  auto response = co_await (*call)->response(deadline);
  if (!response) co_return forward_error(response);
  std::vector<std::string> lines{std::to_string((*response)->status)};
  LineReader reader((*call)->body(), 1000);
  while (true) {
    auto line = co_await reader.next(deadline);
    if (!line) co_return forward_error(line);
    if (!*line) co_return lines;
    lines.push_back(**line);
  }
}

TEST_F(ClientTest, streams_both_ways) {
  Server server(loop_, [](Exchange& exchange) -> io::Async<void> {
    co_await exchange.start(200);
    while (true) {
      auto piece = co_await exchange.body().read(kForever);
      if (!piece || piece->empty()) break;
      co_await exchange.write(*piece);
    }
    co_await exchange.finish();
  });
  const io::Address address = *server.listen(loopback());
  for (int i = 0; i < 2; ++i) {
    auto lines = loop_.block_on(stream_lines(loop_, client_, address));
    ASSERT_TRUE(lines) << lines.error().message;
    EXPECT_EQ(*lines, (std::vector<std::string>{"200", "one", "two", "three"}));
  }
  EXPECT_EQ(server.connections(), 1u);
  loop_.block_on(server.close(loop_.now() + 5s));
}

TEST_F(ClientTest, open_without_a_body_refuses_writes_and_body_before_response) {
  ScriptedPeer peer(loop_, {{{"\r\n\r\n", kOk}}});
  const auto run = [](io::Loop& loop, Client& client, io::Address to) -> io::Async<std::vector<ErrorCode>> {
    const RequestHead head("GET", "/");
    auto call = *co_await client.open(to, head, loop.now() + 5s);
    auto written = co_await call->write("x", loop.now() + 5s);
    auto read = co_await call->body().read(loop.now() + 5s);
    co_return std::vector<ErrorCode>{written.error().code, read.error().code};
  };
  EXPECT_EQ(loop_.block_on(run(loop_, client_, peer.address())),
            (std::vector<ErrorCode>{ErrorCode::kInvalid, ErrorCode::kInternal}));
}

TEST_F(ClientTest, abort_ends_a_waiting_call_and_all_that_comes_after) {
  ScriptedPeer peer(loop_, {{{"never", ""}}});
  const auto run = [](io::Loop& loop, Client& client, io::Address to) -> io::Async<std::vector<ErrorCode>> {
    const RequestHead head("GET", "/");
    auto call = *co_await client.open(to, head, loop.now() + 5s);
    co_await call->finish();
    loop.post([&call] { call->abort(); });
    auto waiting = co_await call->response(loop.now() + 5s);
    auto later = co_await call->response(loop.now() + 5s);
    auto body = co_await call->body().read(loop.now() + 5s);
    co_return std::vector<ErrorCode>{waiting.error().code, later.error().code, body.error().code};
  };
  EXPECT_EQ(loop_.block_on(run(loop_, client_, peer.address())),
            std::vector<ErrorCode>(3, ErrorCode::kCancelled));
}

TEST_F(ClientTest, idle_connections_past_the_limit_are_closed) {
  Server server(loop_, [](Exchange& exchange) -> io::Async<void> {
    co_await exchange.loop().sleep_for(5ms);
    co_await exchange.respond(204);
  });
  const io::Address address = *server.listen(loopback());
  Client client(loop_, {.idle_per_address = 2});
  const auto one = [](io::Loop& loop, Client& from, io::Address to) -> io::Async<void> {
    const RequestHead head("GET", "/");
    co_await from.fetch(to, head, "", loop.now() + 5s);
  };
  const auto run = [](io::Loop& loop, Client& from, io::Address to, Server& at,
                      auto& call) -> io::Async<size_t> {
    io::Scope scope;
    for (int i = 0; i < 5; ++i) scope.spawn(call(loop, from, to));
    co_await scope.join();
    const TimePoint deadline = loop.now() + 5s;
    while (at.connections() > 2 && loop.now() < deadline) co_await loop.sleep_for(1ms);
    co_return at.connections();
  };
  EXPECT_EQ(loop_.block_on(run(loop_, client, address, server, one)), 2u);
  loop_.block_on(server.close(loop_.now() + 5s));
}

}  // namespace
}  // namespace hancock::http
