#include "io/tcp.h"

#include <gtest/gtest.h>

#include "io/scope.h"

namespace hancock::io {
namespace {

Address loopback() { return *Address::parse("127.0.0.1:0"); }

Async<void> echo_one(Listener& listener) {
  auto stream = co_await listener.accept();
  if (!stream) co_return;
  std::vector<char> buffer(4096);
  while (true) {
    auto n = co_await (*stream)->recv(buffer);
    if (!n || *n == 0) break;
    if (!co_await (*stream)->send(std::string_view(buffer.data(), *n))) break;
  }
  (*stream)->shutdown_write();
}

Async<void> read_to_end(Stream& stream, std::string& all) {
  std::vector<char> buffer(65536);
  while (true) {
    auto n = co_await stream.recv(buffer);
    if (!n || *n == 0) co_return;
    all.append(buffer.data(), *n);
  }
}

TEST(Tcp, carries_more_than_the_kernel_buffers_both_ways) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<bool> {
    auto listener = *Listener::listen(on, loopback());
    Scope scope;
    scope.spawn(echo_one(*listener));
    auto stream = co_await connect(on, listener->address(), on.now() + 5s);
    if (!stream) co_return false;
    const std::string sent(32 << 20, 'x');
    std::string got;
    scope.spawn(read_to_end(**stream, got));
    const auto done = co_await (*stream)->send(sent, on.now() + 30s);
    (*stream)->shutdown_write();
    co_await scope.join();
    co_return done.has_value() && got == sent;
  };
  EXPECT_TRUE(loop.block_on(run(loop)));
}

Async<void> read_slowly(Listener& listener, size_t wanted) {
  auto stream = co_await listener.accept();
  std::vector<char> buffer(wanted / 20 + 1);
  while (stream && wanted > 0) {
    co_await stream->get()->loop().sleep_for(30ms);
    auto n = co_await (*stream)->recv(buffer);
    if (!n || *n == 0) break;
    wanted -= *n;
  }
}

TEST(Tcp, a_peer_that_takes_bytes_now_and_then_is_not_cut) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<bool> {
    auto listener = *Listener::listen(on, loopback());
    const std::string sent(32 << 20, 'x');
    Scope scope;
    scope.spawn(read_slowly(*listener, sent.size()));
    auto stream = co_await connect(on, listener->address(), on.now() + 5s);
    if (!stream) co_return false;
    iovec part{const_cast<char*>(sent.data()), sent.size()};
    const auto done = co_await (*stream)->send_while_taken({&part, 1}, 300ms);
    scope.cancel();
    co_return done.has_value();
  };
  EXPECT_TRUE(loop.block_on(run(loop)));
}

TEST(Tcp, a_peer_that_takes_nothing_is_cut_after_a_while) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<ErrorCode> {
    auto listener = *Listener::listen(on, loopback());
    const std::string sent(32 << 20, 'x');
    auto stream = co_await connect(on, listener->address(), on.now() + 5s);
    if (!stream) co_return stream.error().code;
    iovec part{const_cast<char*>(sent.data()), sent.size()};
    const auto done = co_await (*stream)->send_while_taken({&part, 1}, 50ms);
    co_return done ? ErrorCode::kInternal : done.error().code;
  };
  EXPECT_EQ(loop.block_on(run(loop)), ErrorCode::kTimeout);
}

TEST(Tcp, refused_connections_name_the_address) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<Error> {
    Address address;
    {
      auto listener = *Listener::listen(on, loopback());
      address = listener->address();
    }
    auto stream = co_await connect(on, address, on.now() + 5s);
    co_return stream ? Error{} : stream.error();
  };
  const Error error = loop.block_on(run(loop));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_NE(error.message.find("connect to 127.0.0.1:"), std::string::npos);
}

TEST(Tcp, a_silent_peer_ends_in_a_time_out_and_an_abort_in_a_cancel) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<std::pair<ErrorCode, ErrorCode>> {
    auto listener = *Listener::listen(on, loopback());
    auto stream = co_await connect(on, listener->address(), on.now() + 5s);
    std::array<char, 16> buffer{};
    const auto first = co_await (*stream)->recv(buffer, on.now() + 5ms);
    on.post([&] { (*stream)->abort(); });
    const auto second = co_await (*stream)->recv(buffer);
    co_return std::pair{first.error().code, second.error().code};
  };
  const auto [first, second] = loop.block_on(run(loop));
  EXPECT_EQ(first, ErrorCode::kTimeout);
  EXPECT_EQ(second, ErrorCode::kCancelled);
}

TEST(Tcp, a_connection_is_quiet_until_its_peer_sends_or_ends_it) {
  Loop loop;
  const auto run = [](Loop& on) -> Async<std::vector<bool>> {
    auto listener = *Listener::listen(on, loopback());
    auto stream = *co_await connect(on, listener->address(), on.now() + 5s);
    auto peer = *co_await listener->accept();
    std::vector<bool> seen{stream->quiet()};
    std::array<char, 16> buffer{};
    co_await peer->send("x");
    co_await stream->descriptor().ready(Direction::kRead, on.now() + 5s);
    seen.push_back(stream->quiet());
    co_await stream->recv(buffer);
    seen.push_back(stream->quiet());
    peer.reset();
    co_await stream->descriptor().ready(Direction::kRead, on.now() + 5s);
    seen.push_back(stream->quiet());
    co_return seen;
  };
  EXPECT_EQ(loop.block_on(run(loop)), (std::vector<bool>{true, false, true, false}));
}

TEST(Tcp, a_port_in_use_is_a_conflict) {
  Loop loop;
  auto first = *Listener::listen(loop, loopback());
  const auto second = Listener::listen(loop, first->address());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

TEST(Tcp, a_closed_listener_ends_the_waiting_accept) {
  Loop loop;
  auto listener = *Listener::listen(loop, loopback());
  loop.post([&] { listener->close(); });
  const auto run = [](Listener& from) -> Async<ErrorCode> {
    auto stream = co_await from.accept();
    co_return stream ? ErrorCode::kInternal : stream.error().code;
  };
  EXPECT_EQ(loop.block_on(run(*listener)), ErrorCode::kCancelled);
}

}  // namespace
}  // namespace hancock::io
