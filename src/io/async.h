// Async<T>: a coroutine that yields one T to the coroutine that awaits it. The unit of concurrent work.
//
//   Async<Result<size_t>> copy(Stream& from, Stream& to);
//   Result<size_t> n = co_await copy(a, b);
//
// Lazy: it runs from the moment it is awaited (or handed to Scope::spawn / Loop::block_on). Lives on the
// loop's thread. Destroying an unfinished Async ends it at its suspension point: every awaiter of ours
// unregisters itself in its destructor. Parameters that a coroutine keeps across a suspension are taken by
// value or owned by the caller for as long as it runs. No exception leaves one: that aborts.
//
// Awaiting does not grow the stack when the awaited one finishes at once, with or without the compiler's tail
// calls (GCC has none at -O0), so loops over ready data are safe; see docs/traps.md.
#pragma once

#include <coroutine>
#include <cstdlib>
#include <optional>
#include <utility>

#include "io/frame_pool.h"

namespace hancock::io {

template <class T>
class Async;

namespace detail {

class PromiseBase {
 public:
  static void* operator new(std::size_t bytes) { return frame_pool::allocate(bytes); }
  static void operator delete(void* frame, std::size_t bytes) { frame_pool::release(frame, bytes); }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      PromiseBase& promise = self.promise();
      // Still inside the awaiting side's await_suspend: it sees done() and goes on by itself.
      if (promise.starting_ || !promise.continuation_) return std::noop_coroutine();
      return promise.continuation_;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { std::abort(); }

  std::coroutine_handle<> continuation_;
  bool starting_ = false;
};

template <class T>
class Promise final : public PromiseBase {
 public:
  Async<T> get_return_object();
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Async<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Async {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Async(Handle handle) : handle_(handle) {}
  Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Async& operator=(Async&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Async() {
    if (handle_) handle_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    Awaiter(const Awaiter&) = delete;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) {
      auto& promise = handle_.promise();
      promise.continuation_ = awaiting;
      promise.starting_ = true;
      handle_.resume();
      if (handle_.done()) return false;
      promise.starting_ = false;
      return true;
    }
    T await_resume() { return handle_.promise().take(); }

   private:
    Handle handle_;
  };

  /// At most once.
  Awaiter operator co_await() { return Awaiter(handle_); }

 private:
  Handle handle_;
};

namespace detail {
template <class T>
Async<T> Promise<T>::get_return_object() {
  return Async<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Async<void> Promise<void>::get_return_object() {
  return Async<void>(std::coroutine_handle<Promise>::from_promise(*this));
}
}  // namespace detail

}  // namespace hancock::io
