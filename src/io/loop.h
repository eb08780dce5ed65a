// Loop: an edge-triggered epoll reactor. One thread runs it and owns all that is registered with it.
//
//   Loop loop;
//   int code = loop.block_on(serve(loop));   // runs until the coroutine ends
//
// post() and stop() may be called from any thread; everything else only on the loop's. The backend (epoll) is
// seen by Descriptor alone, so that another (io_uring) can stand behind the same co_awaits.
#pragma once

#include <array>
#include <coroutine>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "io/async.h"
#include "io/timer.h"

struct epoll_event;

namespace hancock::io {

class Descriptor;

class Loop {
 public:
  /// Aborts when the kernel gives no epoll or event descriptor.
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs until stop().
  void run();
  void stop();

  /// Runs `work` to its end on this thread and gives its result.
  template <class T>
  T block_on(Async<T> work);

  /// Any thread: `callback` runs on the loop's thread, soon, in order.
  void post(std::function<void()> callback);

  /// While events are dispatched, the time before the last few of them; outside of that the clock's. For
  /// deadlines; who must not miss a pause of the process asks BootClock.
  TimePoint now() const { return batch_time_ != TimePoint() ? batch_time_ : BootClock::now(); }

  class SleepAwaiter;
  /// True when the time came, false when `stop` was requested first (on this thread).
  SleepAwaiter sleep_until(TimePoint when, std::stop_token stop = {});
  SleepAwaiter sleep_for(Duration span, std::stop_token stop = {});

  TimerQueue& timers() { return timers_; }

 private:
  friend class Descriptor;
  void add(int fd, Descriptor* descriptor);
  void remove(int fd, Descriptor* descriptor);
  void poll();
  void run_posted();

  UniqueFd epoll_;
  UniqueFd wake_;
  TimerQueue timers_;
  bool stopped_ = false;
  std::vector<epoll_event> batch_;  // what epoll returned; entries of removed descriptors are nulled
  size_t batch_size_ = 0;
  TimePoint batch_time_;

  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by posted_mutex_
};

class Loop::SleepAwaiter {
 public:
  SleepAwaiter(Loop& loop, TimePoint when, std::stop_token stop)
      : timer_(loop, [this] { finish(true); }), when_(when), stop_(std::move(stop)) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;

  bool await_ready() const { return stop_.stop_requested(); }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    timer_.arm(when_);
    if (stop_.stop_possible()) on_stop_.emplace(stop_, OnStop(this));
  }
  bool await_resume() const { return slept_; }

 private:
  struct OnStop {
    explicit OnStop(SleepAwaiter* owner) : awaiter(owner) {}
    SleepAwaiter* awaiter;
    void operator()() const { awaiter->finish(false); }
  };

  void finish(bool slept) {
    slept_ = slept;
    timer_.disarm();
    waiting_.resume();  // destroys *this
  }

  Timer timer_;
  TimePoint when_;
  std::stop_token stop_;
  std::optional<std::stop_callback<OnStop>> on_stop_;
  std::coroutine_handle<> waiting_;
  bool slept_ = false;
};

inline Loop::SleepAwaiter Loop::sleep_until(TimePoint when, std::stop_token stop) {
  return SleepAwaiter(*this, when, std::move(stop));
}
inline Loop::SleepAwaiter Loop::sleep_for(Duration span, std::stop_token stop) {
  return SleepAwaiter(*this, now() + span, std::move(stop));
}

namespace detail {

// The root of block_on: keeps the result and stops the loop.
template <class T>
Async<void> keep_result(Loop& loop, Async<T> work, std::optional<T>& result) {
  result.emplace(co_await work);
  loop.stop();
}
inline Async<void> stop_after(Loop& loop, Async<void> work) {
  co_await work;
  loop.stop();
}

struct Root {
  struct promise_type {
    Root get_return_object() { return Root{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::abort(); }
  };
  std::coroutine_handle<promise_type> handle;
};
inline Root make_root(Async<void> work) { co_await work; }

}  // namespace detail

template <class T>
T Loop::block_on(Async<T> work) {
  auto drive = [this](Async<void> driven) {
    const detail::Root root = detail::make_root(std::move(driven));
    post([handle = root.handle] { handle.resume(); });
    run();
    root.handle.destroy();
  };
  if constexpr (std::is_void_v<T>) {
    drive(detail::stop_after(*this, std::move(work)));
  } else {
    std::optional<T> result;
    drive(detail::keep_result(*this, std::move(work), result));
    return std::move(*result);
  }
}

}  // namespace hancock::io
