#include "slardar/tcp/tunnel.h"

#include "io/loop.h"
#include "io/parts.h"
#include "io/scope.h"
#include "io/signal.h"
#include "io/turn.h"

namespace hancock::slardar {
namespace {

/// From so many bytes at once on they go through a pipe; below that a copy costs less.
constexpr size_t kBulk = 32 << 10;
constexpr io::Attempt kFailed{io::Attempt::Outcome::kFailed, 0, 0};

/// One direction, until its end.
class OneWay {
 public:
  OneWay(io::Stream& from, io::Stream& to, WorkerParts& worker, Duration idle, TimePoint& last,
         uint64_t& bytes)
      : from_(from),
        to_(to),
        worker_(worker),
        idle_(idle),
        last_(last),
        bytes_(bytes),
        may_splice_(from.spliceable() && to.spliceable()) {}
  OneWay(const OneWay&) = delete;
  ~OneWay() { worker_.pipes.put(std::move(pipe_)); }

  /// False when it did not come to its end.
  io::Async<bool> run() {
    io::Turn turn(worker_.loop);
    while (true) {
      co_await turn.spent();
      const bool ready = co_await readable();
      if (!ready) co_return false;
      io::Attempt moved;
      if (is_bulk_ && have_pipe())
        moved = co_await splice();
      else
        moved = co_await copy();
      if (moved.outcome == io::Attempt::Outcome::kFailed) co_return false;
      if (moved.outcome == io::Attempt::Outcome::kBlocked) continue;
      if (moved.bytes == 0) break;
      is_bulk_ = may_splice_ && moved.bytes >= kBulk;
      bytes_ += moved.bytes;
      last_ = worker_.loop.now();
    }
    to_.shutdown_write();
    co_return true;
  }

 private:
  /// Waits for bytes or the end; holds nothing meanwhile.
  io::Async<bool> readable() {
    while (!from_.descriptor().maybe_readable()) {
      buffer_.reset();
      worker_.pipes.put(std::move(pipe_));
      auto ready = co_await from_.descriptor().ready(io::Direction::kRead, last_ + idle_);
      if (ready) continue;
      const bool late = ready.error().code == ErrorCode::kTimeout;
      if (!late || last_ + idle_ <= worker_.loop.now()) co_return false;  // else the other direction was busy
    }
    co_return true;
  }

  bool have_pipe() {
    if (!pipe_) pipe_ = worker_.pipes.take();
    return pipe_ != nullptr;
  }

  /// What came was given on; 0 bytes: the end.
  io::Async<io::Attempt> copy() {
    if (!buffer_) buffer_ = worker_.buffers.take();
    buffer_->clear();
    auto got = co_await from_.recv(buffer_->room(), worker_.loop.now() + idle_);
    if (!got) {
      const bool late = got.error().code == ErrorCode::kTimeout;
      if (!late || last_ + idle_ <= worker_.loop.now()) co_return kFailed;
      const io::Attempt nothing{};  // the other direction was busy
      co_return nothing;
    }
    buffer_->received(*got);
    iovec part = io::part_of(buffer_->unread());  // none at the end
    auto sent = co_await to_.send_while_taken({&part, 1}, idle_);
    if (!sent) co_return kFailed;
    const io::Attempt done{io::Attempt::Outcome::kDone, *got, 0};
    co_return done;
  }

  io::Async<io::Attempt> splice() {
    buffer_.reset();
    const io::Attempt got = pipe_->fill(from_);
    if (got.bytes == 0) co_return got;
    io::SpliceOut out(*pipe_, to_, idle_, last_);
    auto given = co_await out;
    if (!given) co_return kFailed;
    co_return got;
  }

  io::Stream& from_;
  io::Stream& to_;
  WorkerParts& worker_;
  const Duration idle_;
  TimePoint& last_;  // of the last byte in either direction
  uint64_t& bytes_;
  const bool may_splice_;
  bool is_bulk_ = false;
  BufferPool::Borrowed buffer_ = BufferPool::none();
  std::unique_ptr<io::Pipe> pipe_;
};

class Tunnel {
 public:
  Tunnel(io::Stream& near, io::Stream& far, WorkerParts& worker, Duration idle, TunnelBytes& bytes)
      : last_(worker.loop.now()),
        forth_(near, far, worker, idle, last_, bytes.forth),
        back_(far, near, worker, idle, last_, bytes.back),
        ended_(worker.loop) {}
  Tunnel(const Tunnel&) = delete;
  ~Tunnel() { both_.cancel(); }

  io::Async<void> run() {
    both_.spawn(follow(back_));
    both_.spawn(follow(forth_));
    while (!failed_ && both_.running() > 0) co_await ended_.wait();
    both_.cancel();
  }

 private:
  io::Async<void> follow(OneWay& way) {
    const bool well = co_await way.run();
    if (!well) failed_ = true;
    ended_.set();
  }

  TimePoint last_;
  OneWay forth_;
  OneWay back_;
  bool failed_ = false;
  io::Signal ended_;
  io::Scope both_;
};

}  // namespace

io::Async<void> tunnel(io::Stream& near, io::Stream& far, WorkerParts& worker, Duration idle,
                       TunnelBytes& bytes) {
  Tunnel both(near, far, worker, idle, bytes);
  co_await both.run();
}

}  // namespace hancock::slardar
