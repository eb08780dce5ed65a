// Descriptor: one non-blocking file descriptor, registered edge-triggered with its loop for its whole life.
//
// At most one reader and one writer wait on it. A Waiter tries its call again when the kernel says so, and
// its coroutine goes on when the call was made, failed, or the deadline passed. `maybe_readable` is false
// after a short read: with edge triggering nothing more can be there, so no call is wasted on finding out.
// Loop's thread only. The loop outlives it; waiting coroutines may be destroyed before it, and may destroy
// it.
#pragma once

#include <coroutine>
#include <cstdint>

#include "base/error.h"
#include "base/unique_fd.h"
#include "io/loop.h"
#include "io/timer.h"

namespace hancock::io {

enum class Direction { kRead = 0, kWrite = 1 };

class Descriptor {
 public:
  /// Takes a descriptor that is already O_NONBLOCK.
  Descriptor(Loop& loop, UniqueFd fd);
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int fd() const { return fd_.get(); }
  Loop& loop() { return loop_; }

  /// Ends waiting calls, and all later ones, with kCancelled.
  void abort();
  bool aborted() const { return aborted_; }

  bool maybe_readable() const { return maybe_readable_; }
  /// After EAGAIN or a short read. Kept when the peer has closed: its end is still to be read.
  void set_drained() { maybe_readable_ = hung_up_; }
  /// The kernel reported the peer's end, a reset or an error.
  bool hung_up() const { return hung_up_; }
  /// The peer's end was read in what the descriptor carries: as if the kernel had reported it.
  void set_hung_up() { hung_up_ = maybe_readable_ = true; }

  /// Gives the descriptor away; nobody waits on it, and nothing may be done with this any more.
  UniqueFd release();

  /// Base of everything that can be awaited on a descriptor.
  class Waiter {
   public:
    Waiter(Descriptor& descriptor, Direction direction, TimePoint deadline)
        : descriptor_(descriptor), direction_(direction), deadline_(deadline) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    bool await_ready();
    void await_suspend(std::coroutine_handle<> waiting);

   protected:
    virtual ~Waiter();
    /// One try; true when there is a result.
    virtual bool attempt() = 0;
    /// False: there is no use in trying before the next edge.
    virtual bool worth_trying() const { return true; }
    virtual void fail_with(Error error) = 0;
    void postpone(TimePoint deadline);
    Descriptor& descriptor() { return descriptor_; }

   private:
    friend class Descriptor;
    Descriptor& descriptor_;
    Direction direction_;
    TimePoint deadline_;
    std::coroutine_handle<> waiting_;
  };

  class ReadyAwaiter;
  class ReadableAwaiter;
  /// Waits for an edge, at most until `deadline`: for calls of one's own (accept, connect, pidfd, signalfd).
  ReadyAwaiter ready(Direction direction, TimePoint deadline = kForever);
  /// Waits until maybe_readable().
  ReadableAwaiter readable(TimePoint deadline = kForever);

 private:
  friend class Loop;
  void dispatch(uint32_t events);
  void expire(Direction direction);
  void finish(Direction direction);
  Waiter*& slot(Direction direction) { return waiters_[static_cast<size_t>(direction)]; }
  Timer& timer(Direction direction) { return direction == Direction::kRead ? read_timer_ : write_timer_; }

  Loop& loop_;
  UniqueFd fd_;
  bool maybe_readable_ = true;
  bool hung_up_ = false;
  bool aborted_ = false;
  Waiter* waiters_[2] = {nullptr, nullptr};
  bool* destroyed_ = nullptr;  // set while dispatch() is on the stack
  Timer read_timer_;
  Timer write_timer_;
};

class Descriptor::ReadyAwaiter final : public Descriptor::Waiter {
 public:
  using Waiter::Waiter;
  Result<void> await_resume() { return std::move(result_); }

 private:
  bool attempt() override { return std::exchange(waited_, true); }  // the first look only starts the wait
  void fail_with(Error error) override { result_ = tl::unexpected(std::move(error)); }
  bool waited_ = false;
  Result<void> result_;
};

class Descriptor::ReadableAwaiter final : public Descriptor::Waiter {
 public:
  ReadableAwaiter(Descriptor& descriptor, TimePoint deadline)
      : Waiter(descriptor, Direction::kRead, deadline) {}
  Result<void> await_resume() { return std::move(result_); }

 private:
  bool attempt() override { return descriptor().maybe_readable(); }
  void fail_with(Error error) override { result_ = tl::unexpected(std::move(error)); }
  Result<void> result_;
};

inline Descriptor::ReadableAwaiter Descriptor::readable(TimePoint deadline) {
  return ReadableAwaiter(*this, deadline);
}

inline Descriptor::ReadyAwaiter Descriptor::ready(Direction direction, TimePoint deadline) {
  return ReadyAwaiter(*this, direction, deadline);
}

}  // namespace hancock::io
