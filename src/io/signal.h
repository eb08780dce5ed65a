// Signal: wakes coroutines of one loop when something has changed. A set one stays set until somebody waited
// for it.
//
//   Signal changed(loop);
//   changed.set();                                        // the producer
//   bool came = co_await changed.wait(loop.now() + 1s);   // the consumer; false: the deadline passed
//
// Several may wait; set() wakes them all. Loop's thread only.
#pragma once

#include <coroutine>
#include <list>

#include "io/loop.h"

namespace hancock::io {

class Signal {
 public:
  explicit Signal(Loop& loop) : loop_(loop) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  class Awaiter {
   public:
    Awaiter(Signal& signal, TimePoint deadline)
        : signal_(signal), deadline_(deadline), timer_(signal.loop_, [this] { finish(false); }) {}
    Awaiter(const Awaiter&) = delete;
    ~Awaiter() {
      if (waiting_) signal_.waiters_.remove(this);
    }
    bool await_ready() {
      came_ = std::exchange(signal_.set_, false);
      return came_;
    }
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      signal_.waiters_.push_back(this);
      timer_.arm(deadline_);
    }
    bool await_resume() const { return came_; }

   private:
    friend class Signal;
    void finish(bool came) {
      came_ = came;
      signal_.waiters_.remove(this);
      std::exchange(waiting_, nullptr).resume();  // destroys *this
    }
    Signal& signal_;
    TimePoint deadline_;
    Timer timer_;
    std::coroutine_handle<> waiting_;
    bool came_ = false;
  };

  /// True when set, false at the deadline.
  Awaiter wait(TimePoint deadline = kForever) { return Awaiter(*this, deadline); }

  /// Wakes those who wait from the loop, not from here: the caller's state is settled before they look.
  void set();

 private:
  void wake();

  Loop& loop_;
  bool set_ = false;
  std::list<Awaiter*> waiters_;
  Timer wake_timer_{loop_, [this] { wake(); }};
};

}  // namespace hancock::io
