// How a server's connections end: clients that leave or do not read, close(), the limit.
#include <gtest/gtest.h>

#include <array>

#include "http/server_testing.h"
#include "io/signal.h"

namespace hancock::http {
namespace {

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

}  // namespace
}  // namespace hancock::http
