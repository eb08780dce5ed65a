// ThreadPool: a few threads for calls that block (gRPC stubs, fsync, DNS), awaited from a loop.
//
//   Result<Reply> reply = co_await pool.run(loop, [=] { return call_that_blocks(request); });
//
// The callable runs on a pool thread and must own what it uses. The awaiting coroutine goes on at its loop;
// when it was destroyed meanwhile, the result is dropped. The pool is destroyed before the loops that await
// it; its destructor finishes what is queued.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "io/async.h"
#include "io/loop.h"

namespace hancock::io {

class ThreadPool {
 public:
  explicit ThreadPool(size_t threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  template <class F>
  Async<std::invoke_result_t<F>> run(Loop& loop, F call);

 private:
  template <class R>
  class CallAwaiter;
  void submit(std::function<void()> job);
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;  // guarded by mutex_
  bool closing_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

template <class R>
class ThreadPool::CallAwaiter {
 public:
  CallAwaiter(ThreadPool& pool, Loop& loop, std::function<R()> call)
      : pool_(pool), loop_(loop), call_(std::move(call)), state_(std::make_shared<State>()) {}
  CallAwaiter(const CallAwaiter&) = delete;
  ~CallAwaiter() { state_->waiting = nullptr; }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    state_->waiting = waiting;
    pool_.submit([state = state_, call = std::move(call_), &loop = loop_] {
      state->result.emplace(call());
      loop.post([state] {
        if (state->waiting) std::exchange(state->waiting, nullptr).resume();
      });
    });
  }
  R await_resume() { return std::move(*state_->result); }

 private:
  struct State {
    std::optional<R> result;          // written by the pool's thread before it posts
    std::coroutine_handle<> waiting;  // loop's thread only
  };
  ThreadPool& pool_;
  Loop& loop_;
  std::function<R()> call_;
  std::shared_ptr<State> state_;
};

template <class F>
Async<std::invoke_result_t<F>> ThreadPool::run(Loop& loop, F call) {
  CallAwaiter<std::invoke_result_t<F>> awaiter(*this, loop, std::move(call));
  co_return co_await awaiter;
}

}  // namespace hancock::io
