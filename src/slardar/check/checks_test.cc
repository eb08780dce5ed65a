// What each kind of check makes of what a server says; servers of other people are test/gateway's.
#include "slardar/check/checks.h"

#include <gtest/gtest.h>

#include "slardar/check/grpc_check.h"
#include "slardar/check/http_check.h"
#include "slardar/check/redis_check.h"
#include "slardar/testing/http2_peer.h"
#include "slardar/testing/peers.h"

namespace hancock::slardar {
namespace {

using testing::Http2Peer;
using testing::ScriptedPeer;
using H2 = testing::Http2Visitor;

/// A server that says `first`, then `answer` to whatever comes.
class TalkingServer {
 public:
  TalkingServer(io::Loop& loop, std::string first, std::string answer)
      : listener_(*io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"))),
        first_(std::move(first)),
        answer_(std::move(answer)) {
    scope_.spawn(serve());
  }
  ~TalkingServer() { scope_.cancel(); }
  const io::Address& address() const { return listener_->address(); }
  const std::string& heard() const { return heard_; }

 private:
  io::Async<void> serve() {
    while (true) {
      auto stream = co_await listener_->accept();
      if (!stream) co_return;
      if (!first_.empty()) co_await (*stream)->send(first_);
      bool answered = false;
      char piece[1024];
      while (true) {
        auto count = co_await (*stream)->recv(piece);
        if (!count || *count == 0) break;
        heard_.append(piece, *count);
        if (!std::exchange(answered, true)) co_await (*stream)->send(answer_);
      }
    }
  }
  std::unique_ptr<io::Listener> listener_;
  const std::string first_;
  const std::string answer_;
  std::string heard_;
  io::Scope scope_;
};

class Checks : public ::testing::Test {
 protected:
  Result<CheckFacts> run(const std::string& kind, const io::Address& address, Duration within = 20s) {
    const CheckTarget target{address, nullptr};
    const CheckRun check = find_check(kind);
    return loop_.block_on(check(loop_, target, options_, loop_.now() + within));
  }
  /// "" when it is well.
  std::string said(const std::string& kind, const io::Address& address) {
    const auto facts = run(kind, address);
    return facts ? facts->unstable : facts.error().message;
  }
  /// What a check makes of a server that says that.
  std::string of_talk(const std::string& kind, const std::string& first, const std::string& answer) {
    TalkingServer server(loop_, first, answer);
    std::string said_of_it = said(kind, server.address());
    heard_ = server.heard();
    return said_of_it;
  }
  io::Address nobody() { return *io::Address::of("127.0.0.1", testing::free_port(loop_)); }

  io::Loop loop_;
  CheckOptions options_;
  std::string heard_;
};

TEST_F(Checks, the_table_has_all_kinds_and_no_others) {
  for (const char* kind : {"general", "http", "mysql", "redis", "grpc"})
    EXPECT_TRUE(find_check(kind)) << kind;
  EXPECT_FALSE(find_check("htttp"));
  EXPECT_FALSE(find_check(""));
  for (const char* kind : {"general", "grpc", "check.mine"}) EXPECT_TRUE(is_check_kind(kind)) << kind;
  for (const char* kind : {"htttp", "", "check.", "check.a b", "balance.mine"})
    EXPECT_FALSE(is_check_kind(kind)) << kind;
}

TEST_F(Checks, nobody_there_fails_every_kind) {
  for (const char* kind : {"general", "http", "mysql", "redis", "grpc"}) {
    const auto facts = run(kind, nobody());
    ASSERT_FALSE(facts) << kind;
    EXPECT_NE(facts.error().message.find("Connection refused"), std::string::npos) << facts.error().message;
  }
}

TEST_F(Checks, who_says_nothing_is_late_in_every_kind_that_listens) {
  auto silent = *io::Listener::listen(loop_, *io::Address::parse("127.0.0.1:0"));
  for (const char* kind : {"http", "mysql", "redis", "grpc"}) {
    const auto facts = run(kind, silent->address(), 30ms);
    ASSERT_FALSE(facts) << kind;
    EXPECT_EQ(facts.error().code, ErrorCode::kTimeout) << kind << ": " << facts.error().message;
  }
  EXPECT_TRUE(run("general", silent->address())) << "a connection is all it asks for";
}

TEST_F(Checks, http_sends_the_query_and_looks_at_the_status) {
  EXPECT_EQ(of_talk("http", "", "HTTP/1.1 503 Busy\r\n\r\n"), "")
      << "no status is bad unless it is said to be";
  EXPECT_EQ(heard_, "GET / HTTP/1.0\r\n\r\n");
  options_.query = "HEAD /up HTTP/1.1\r\nHost: a\r\n\r\n";
  options_.statuses = {{503, false}, {404, true}};
  EXPECT_EQ(of_talk("http", "", "HTTP/1.1 503 Busy\r\n\r\n"), "status 503");
  EXPECT_EQ(heard_, options_.query);
  EXPECT_EQ(of_talk("http", "", "HTTP/1.0 404 Not Found\r\n\r\n"), "");
  EXPECT_EQ(of_talk("http", "", "HTTP/1.1 200\n"), "");
  EXPECT_EQ(of_talk("http", "SSH-2.0-OpenSSH_9.2\r\n", ""), "no status line: SSH-2.0-OpenSSH_9.2");
}

TEST_F(Checks, a_status_line_is_read_strictly) {
  EXPECT_EQ(status_of_line("HTTP/1.1 200 OK"), 200);
  EXPECT_EQ(status_of_line("HTTP/1.0 599"), 599);
  for (const char* line :
       {"", "HTTP/1.1 20", "HTTP/1.1  200", "HTTP/1.1 2000", "HTTP/11 200 OK", "http/1.1 200 OK",
        "HTTP/1.1 099 X", "HTTP/1.1 600 X", "HTTP/1.1 -12 X", "HTTP/1.1 200OK"})
    EXPECT_FALSE(status_of_line(line)) << line;
}

TEST_F(Checks, a_line_without_end_is_not_read_for_ever) {
  EXPECT_EQ(of_talk("http", "", std::string(20'000, 'x')), "no end of a line in 8192 bytes");
}

TEST_F(Checks, redis_pings_and_reads_what_the_server_is) {
  const std::string info =
      "# Server\r\nredis_version:7.0.15\r\n# Replication\r\nrole:slave\r\nmaster_host:10.0.0.1\r\n"
      "master_link_status:up\r\nconnected_slaves:0\r\n";
  const std::string bulk = "$" + std::to_string(info.size()) + "\r\n" + info + "\r\n";
  TalkingServer server(loop_, "", "+PONG\r\n" + bulk);
  const auto facts = run("redis", server.address());
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(server.heard(), "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nINFO\r\n");
  EXPECT_EQ(facts->redis_version, "7.0.15");
  EXPECT_EQ(facts->replication,
            (std::map<std::string, std::string>{
                {"role", "slave"}, {"master_host", "10.0.0.1"}, {"master_link_status", "up"}}));
  EXPECT_EQ(facts->unstable, "");
}

TEST_F(Checks, a_replica_without_its_master_is_bad_but_of_use) {
  EXPECT_EQ(read_redis_info("role:slave\r\nmaster_link_status:down\r\n").unstable,
            "master link status: down");
  EXPECT_EQ(read_redis_info("").redis_version, "");
}

TEST_F(Checks, redis_logs_in_where_there_is_a_password) {
  options_.password = "a b\r\n";
  EXPECT_EQ(of_talk("redis", "", "+OK\r\n+PONG\r\n-NOPERM no\r\n"), "") << "who may not ask INFO may be well";
  EXPECT_TRUE(heard_.starts_with("*2\r\n$4\r\nAUTH\r\n$5\r\na b\r\n\r\n*1\r\n")) << heard_;
  options_.user = "watch";
  EXPECT_EQ(of_talk("redis", "", "-WRONGPASS invalid\r\n"), "AUTH: -WRONGPASS invalid");
  EXPECT_TRUE(heard_.starts_with("*3\r\n$4\r\nAUTH\r\n$5\r\nwatch\r\n")) << heard_;
  options_ = {};
  EXPECT_EQ(of_talk("redis", "", "-LOADING dataset\r\n"), "PING: -LOADING dataset");
  EXPECT_EQ(of_talk("redis", "", "+PONG\r\n$9999999999\r\n"), "INFO: an answer of 9999999999 bytes");
}

TEST_F(Checks, mysql_without_a_user_is_well_when_it_can_be_spoken_to) {
  std::string greeting("\x4a\0\0\0\x0a", 5);
  greeting += std::string("8.0.1\0\1\2\3\4abcdefgh", 18) + std::string(19, '\0') + "ijklmnopqrst" + '\0' +
              std::string("mysql_native_password\0", 22) + "xx";
  greeting[0] = static_cast<char>(greeting.size() - 4);
  const std::string denied = std::string("\x10\0\0\2", 4) + "\xff\x15\x04#28000denied.";
  EXPECT_EQ(of_talk("mysql", greeting, denied), "");
  options_.user = "watch";
  options_.password = "secret";
  EXPECT_EQ(of_talk("mysql", greeting, denied), "1045: denied.");
  EXPECT_EQ(of_talk("mysql", greeting, std::string("\x02\0\0\2\1\4", 6)).substr(0, 22),
            "caching_sha2_password:");
  EXPECT_EQ(of_talk("mysql", greeting, std::string("\x02\0\0\2\1\3\1\0\0\3\0", 11)), "");
  EXPECT_EQ(of_talk("mysql", "+PONG\r\n.", "").substr(0, 20), "not MySQL's protocol");
}

TEST_F(Checks, grpc_asks_the_health_service) {
  Http2Peer peer(loop_);
  options_.name = "shop.Cart";
  std::optional<Result<CheckFacts>> outcome;
  const CheckTarget target{*io::Address::of("127.0.0.1", peer.port()), nullptr};
  const auto ask = [](io::Loop& loop, const CheckTarget& whom, const CheckOptions& options,
                      std::optional<Result<CheckFacts>>& into) -> io::Async<void> {
    auto asking = check_grpc(loop, whom, options, loop.now() + 20s);
    into = co_await std::move(asking);
  };
  const auto tick = [](io::Loop& loop) -> io::Async<void> { co_await loop.sleep_for(1ms); };
  const auto until = [&](const std::function<bool()>& holds) {
    const TimePoint deadline = loop_.now() + 20s;
    while (!holds() && loop_.now() < deadline) loop_.block_on(tick(loop_));
    return holds();
  };
  const auto answered = [&](const H2::Fields& head, const std::string& body, const H2::Fields& trailers) {
    outcome.reset();
    const size_t before = peer.requests().size();
    io::Scope scope;
    scope.spawn(ask(loop_, target, options_, outcome));
    EXPECT_TRUE(until([&] { return peer.requests().size() > before && peer.requests().back().ended; }));
    const Http2Peer::Request& request = peer.requests().back();
    const bool only_head = body.empty() && trailers.empty();
    peer.head(request, head, only_head ? H2::kEndHeaders | H2::kEndStream : H2::kEndHeaders);
    if (!body.empty()) peer.data(request, body);
    if (!only_head) peer.head(request, trailers, H2::kEndHeaders | H2::kEndStream);
    EXPECT_TRUE(until([&] { return outcome.has_value(); }));
    scope.cancel();
    return !outcome || *outcome ? std::string() : outcome->error().message;
  };
  const H2::Fields ok{{":status", "200"}, {"content-type", "application/grpc"}};
  EXPECT_EQ(answered(ok, std::string("\0\0\0\0\2\x08\1", 7), {{"grpc-status", "0"}}), "");
  EXPECT_EQ(peer.requests().back().body, std::string("\0\0\0\0\x0b\x0a\x09", 7) + "shop.Cart");
  EXPECT_EQ(answered(ok, std::string("\0\0\0\0\2\x08\2", 7), {{"grpc-status", "0"}}), "NOT_SERVING");
  EXPECT_EQ(
      answered({{":status", "200"}, {"grpc-status", "12"}, {"grpc-message", "unknown service"}}, "", {}),
      "grpc-status 12: unknown service");
  EXPECT_EQ(answered({{":status", "404"}}, "", {}), "no gRPC: status 404 of HTTP");
}

TEST_F(Checks, messages_of_grpc_health) {
  EXPECT_EQ(grpc_health_request(""), std::string(5, '\0'));
  EXPECT_TRUE(read_grpc_health(std::string("\0\0\0\0\2\x08\1", 7)));
  EXPECT_EQ(read_grpc_health(std::string(5, '\0')).error().message, "UNKNOWN");
  EXPECT_EQ(read_grpc_health(std::string("\0\0\0\0\2\x08\7", 7)).error().message, "an unknown status");
  for (const std::string& message :
       {std::string(), std::string("\1\0\0\0\0", 5), std::string("\0\0\0\0\1", 5),
        std::string("\0\0\0\0\2\x10\1", 7), std::string("\0\0\0\0\0x", 6)})
    EXPECT_FALSE(read_grpc_health(message));
}

}  // namespace
}  // namespace hancock::slardar
