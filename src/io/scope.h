// Scope: starts coroutines that run beside the one that owns it, and joins them.
//
//   Scope scope;
//   scope.spawn(serve(connection));
//   co_await scope.join();
//
// One thread. Whoever owns a Scope must have joined it (or know that it is empty) before it is destroyed; a
// Scope destroyed with running coroutines aborts, for they would outlive what they borrow.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdlib>

#include "io/async.h"

namespace hancock::io {

class Scope {
 public:
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() {
    if (running_ != 0) std::abort();
  }

  /// Runs `work` up to its first suspension before it returns.
  void spawn(Async<void> work) {
    ++running_;
    run(*this, std::move(work));
  }

  size_t running() const { return running_; }

  class JoinAwaiter {
   public:
    explicit JoinAwaiter(Scope& scope) : scope_(scope) {}
    JoinAwaiter(const JoinAwaiter&) = delete;
    bool await_ready() const { return scope_.running_ == 0; }
    void await_suspend(std::coroutine_handle<> waiting) { scope_.joining_ = waiting; }
    void await_resume() const {}

   private:
    Scope& scope_;
  };

  /// Waits until nothing runs. One waiter at a time.
  JoinAwaiter join() { return JoinAwaiter(*this); }

 private:
  struct Detached {
    struct promise_type {
      Detached get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() noexcept { std::abort(); }
    };
  };

  static Detached run(Scope& scope, Async<void> work) {
    {
      Async<void> owned = std::move(work);
      co_await owned;
    }  // its frame is gone before the joiner is told
    scope.finished();
  }

  void finished() {
    if (--running_ == 0 && joining_) std::exchange(joining_, nullptr).resume();
  }

  size_t running_ = 0;
  std::coroutine_handle<> joining_;
};

}  // namespace hancock::io
