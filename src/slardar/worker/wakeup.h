// Wakeup: wakes the one coroutine that waits for it, from the loop. One that is set stays set until somebody
// waited. Unlike an io::Signal it may be destroyed by whom it wakes.
//
//   const bool came = co_await wakeup.wait(deadline);   // false: the deadline passed
//
// Loop's thread only.
#pragma once

#include <coroutine>
#include <utility>

#include "io/loop.h"
#include "io/timer.h"

namespace hancock::slardar {

class Wakeup {
 public:
  explicit Wakeup(io::Loop& loop) : loop_(loop), timer_(loop, [this] { wake(); }) {}
  Wakeup(const Wakeup&) = delete;

  void set() {
    is_set_ = true;
    if (waiting_) timer_.arm(loop_.now());
  }

  class Awaiter {
   public:
    Awaiter(Wakeup& wakeup, TimePoint deadline) : wakeup_(wakeup), deadline_(deadline) {}
    Awaiter(const Awaiter&) = delete;
    ~Awaiter() {
      if (!waits_) return;
      wakeup_.waiting_ = nullptr;
      wakeup_.timer_.disarm();
    }
    bool await_ready() const { return wakeup_.is_set_; }
    void await_suspend(std::coroutine_handle<> waiting) {
      waits_ = true;
      wakeup_.waiting_ = waiting;
      wakeup_.timer_.arm(deadline_);
    }
    bool await_resume() {
      waits_ = false;
      return std::exchange(wakeup_.is_set_, false);
    }

   private:
    Wakeup& wakeup_;
    const TimePoint deadline_;
    bool waits_ = false;
  };

  Awaiter wait(TimePoint deadline = kForever) { return Awaiter(*this, deadline); }

 private:
  void wake() { std::exchange(waiting_, nullptr).resume(); }  // may destroy *this

  io::Loop& loop_;
  io::Timer timer_;
  std::coroutine_handle<> waiting_;
  bool is_set_ = false;
};

}  // namespace hancock::slardar
