// What a visitor costs a gateway in memory who reads a large answer more slowly than it comes.
#include <gtest/gtest.h>

#include "slardar/testing/allocated.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

constexpr size_t kLavishBytes = 64 << 20;  // far more than sockets hold
/// A buffer of 80 KiB, and coroutines as large as they are without optimisation.
constexpr size_t kSlowReaderBytesMax = 160 << 10;

/// Answers each connection's first request with as many bytes as it is let.
class LavishPeer {
 public:
  explicit LavishPeer(io::Loop& loop) : loop_(loop) {
    listener_ = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
    scope_.spawn(accept());
  }
  ~LavishPeer() { scope_.cancel(); }
  uint16_t port() const { return listener_->address().port(); }

 private:
  io::Async<void> accept() {
    while (true) {
      auto stream = co_await listener_->accept();
      if (!stream) co_return;
      co_await serve(**stream);
    }
  }
  io::Async<void> serve(io::Stream& stream) {
    auto asked = co_await stream.recv(room_, loop_.now() + kPatience);
    if (!asked) co_return;
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kLavishBytes) + "\r\n\r\n";
    auto sent = co_await stream.send(head, loop_.now() + kPatience);
    for (size_t left = kLavishBytes; sent && left > 0; left -= piece_.size())
      sent = co_await stream.send(piece_, loop_.now() + kPatience);
  }

  io::Loop& loop_;
  std::unique_ptr<io::Listener> listener_;
  std::array<char, 4096> room_{};
  const std::string piece_ = std::string(256 << 10, 'x');
  io::Scope scope_;
};

/// Reads an answer in small pieces, and knows the most that was allocated meanwhile.
class ReaderOfALot {
 public:
  io::Async<void> read(io::Loop& loop, const io::Address& address) {
    auto stream = co_await io::connect(loop, address, loop.now() + kPatience);
    if (!stream) co_return;
    auto sent = co_await (*stream)->send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n", loop.now() + kPatience);
    while (sent && bytes_ < kLavishBytes) {
      auto count = co_await (*stream)->recv(room_, loop.now() + kPatience);
      if (!count || *count == 0) break;
      bytes_ += *count;
      most_ = std::max(most_, allocated_bytes());
    }
  }
  size_t bytes() const { return bytes_; }
  size_t most() const { return most_; }

 private:
  std::array<char, 16 << 10> room_{};
  size_t bytes_ = 0;
  size_t most_ = 0;
};

TEST(GatewayHttpMemory, of_a_slow_reader_of_a_large_answer_is_bounded) {
  World world(1);
  LavishPeer peer(world.loop);
  world.put(route_of("web", {"shop.test"}));
  world.put(endpoint_of("web", "t1", peer.port()));
  world.start();
  EXPECT_EQ(world.get("unknown.test", "/").status, 404);
  const size_t before = allocated_bytes();
  ReaderOfALot reader;
  world.loop.block_on(reader.read(world.loop, world.http()));
  EXPECT_GE(reader.bytes(), kLavishBytes);
  EXPECT_LT(reader.most(), before + kSlowReaderBytesMax);
  RecordProperty("bytes", static_cast<int>(reader.most() - std::min(before, reader.most())));
}

}  // namespace
}  // namespace hancock::slardar
