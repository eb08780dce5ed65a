// Scope: starts coroutines that run beside the one that owns it, and joins them.
//
//   Scope scope;
//   scope.spawn(serve(connection));
//   co_await scope.join();          // or scope.cancel(): ends them where they wait
//
// One thread. Whoever owns a Scope must have joined or cancelled it (or know that it is empty) before it is
// destroyed; a Scope destroyed with running coroutines aborts, for they would outlive what they borrow.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <list>

#include "io/async.h"

namespace hancock::io {

class Scope {
 public:
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() {
    if (!frames_.empty()) std::abort();
  }

  /// Runs `work` up to its first suspension before it returns.
  void spawn(Async<void> work) {
    const Slot slot = frames_.insert(frames_.end(), nullptr);
    const std::coroutine_handle<> frame = run(*this, std::move(work), slot).handle;
    *slot = frame;
    frame.resume();
  }

  size_t running() const { return frames_.size(); }

  /// Destroys what still runs, at the point where it waits. Not from inside one of them.
  void cancel() {
    while (!frames_.empty()) {
      const std::coroutine_handle<> frame = frames_.front();
      frames_.pop_front();
      frame.destroy();
    }
    if (joining_) std::exchange(joining_, nullptr).resume();
  }

  class JoinAwaiter {
   public:
    explicit JoinAwaiter(Scope& scope) : scope_(scope) {}
    JoinAwaiter(const JoinAwaiter&) = delete;
    bool await_ready() const { return scope_.frames_.empty(); }
    void await_suspend(std::coroutine_handle<> waiting) { scope_.joining_ = waiting; }
    void await_resume() const {}

   private:
    Scope& scope_;
  };

  /// Waits until nothing runs. One waiter at a time.
  JoinAwaiter join() { return JoinAwaiter(*this); }

 private:
  using Slot = std::list<std::coroutine_handle<>>::iterator;

  struct Detached {
    struct promise_type {
      Detached get_return_object() {
        return Detached{std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() noexcept { std::abort(); }
    };
    std::coroutine_handle<> handle;
  };

  static Detached run(Scope& scope, Async<void> work, Slot slot) {
    {
      Async<void> owned = std::move(work);
      co_await owned;
    }  // its frame is gone before the joiner is told
    scope.finished(slot);
  }

  void finished(Slot slot) {
    frames_.erase(slot);
    if (frames_.empty() && joining_) std::exchange(joining_, nullptr).resume();
  }

  std::list<std::coroutine_handle<>> frames_;
  std::coroutine_handle<> joining_;
};

}  // namespace hancock::io
