#include "slardar/tunnel.h"

#include "io/loop.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/turn.h"

namespace hancock::slardar {
namespace {

/// Both directions of one tunnel.
class Tunnel {
 public:
  Tunnel(io::Stream& near, io::Stream& far, BufferPool& buffers, Duration idle)
      : near_(near),
        far_(far),
        buffers_(buffers),
        idle_(idle),
        last_(near.loop().now()),
        ended_(near.loop()) {}
  Tunnel(const Tunnel&) = delete;
  ~Tunnel() { both_.cancel(); }

  io::Async<TunnelBytes> run() {
    both_.spawn(direction(far_, near_, bytes_.back));
    both_.spawn(direction(near_, far_, bytes_.forth));
    while (!failed_ && both_.running() > 0) co_await ended_.wait();
    both_.cancel();
    co_return bytes_;
  }

 private:
  io::Async<void> direction(io::Stream& from, io::Stream& to, uint64_t& count) {
    const bool well = co_await copy(from, to, count);
    if (!well) failed_ = true;
    ended_.set();
  }

  io::Async<bool> copy(io::Stream& from, io::Stream& to, uint64_t& count) {
    io::Loop& loop = from.loop();
    BufferPool::Borrowed buffer = BufferPool::none();
    io::Turn turn(loop);
    while (true) {
      co_await turn.spent();
      if (!from.descriptor().maybe_readable()) {
        buffer.reset();
        auto ready = co_await from.descriptor().ready(io::Direction::kRead, last_ + idle_);
        if (!ready) {
          const bool late = ready.error().code == ErrorCode::kTimeout;
          if (late && last_ + idle_ > loop.now()) continue;  // the other direction was busy
          co_return false;
        }
      }
      if (!buffer) buffer = buffers_.take();
      buffer->clear();
      auto got = co_await from.recv(buffer->room(), loop.now() + idle_);
      if (!got) co_return false;
      if (*got == 0) break;
      buffer->received(*got);
      const std::string_view unread = buffer->unread();
      iovec part{const_cast<char*>(unread.data()), unread.size()};
      auto sent = co_await to.send_while_taken({&part, 1}, idle_);
      if (!sent) co_return false;
      count += *got;
      last_ = loop.now();
    }
    to.shutdown_write();
    co_return true;
  }

  io::Stream& near_;
  io::Stream& far_;
  BufferPool& buffers_;
  const Duration idle_;
  TimePoint last_;  // of the last byte in either direction
  TunnelBytes bytes_;
  bool failed_ = false;
  io::Signal ended_;
  io::Scope both_;
};

}  // namespace

io::Async<TunnelBytes> tunnel(io::Stream& near, io::Stream& far, BufferPool& buffers, Duration idle) {
  Tunnel both(near, far, buffers, idle);
  co_return co_await both.run();
}

}  // namespace hancock::slardar
