// Turn: one at a time, in the order of asking: decisions that must each see what the one before has written.
//
//   auto turn = co_await turns.take();      // the destructor passes it on
//
// Loop's thread only. Whoever waits may be destroyed while it waits. The Turns outlive every Turn.
#pragma once

#include <coroutine>
#include <list>
#include <utility>

#include "io/loop.h"

namespace hancock::master {

class Turns;

class [[nodiscard]] Turn {
 public:
  explicit Turn(Turns& turns) : turns_(&turns) {}
  Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn();

 private:
  Turns* turns_;
};

class Turns {
 public:
  explicit Turns(io::Loop& loop) : hand_over_(loop, [this] { hand_over(); }) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  class Awaiter {
   public:
    explicit Awaiter(Turns& turns) : turns_(turns) {}
    Awaiter(const Awaiter&) = delete;
    ~Awaiter() {
      if (waiting_) turns_.waiting_.remove(this);
    }
    bool await_ready() {
      if (turns_.taken_) return false;
      turns_.taken_ = true;
      return true;
    }
    void await_suspend(std::coroutine_handle<> waiting) {
      waiting_ = waiting;
      turns_.waiting_.push_back(this);
    }
    Turn await_resume() { return Turn(turns_); }

   private:
    friend class Turns;
    Turns& turns_;
    std::coroutine_handle<> waiting_;
  };

  Awaiter take() { return Awaiter(*this); }

 private:
  friend class Turn;

  // From the loop, not from the destructor of the one before: that one is not done with itself yet.
  void pass_on() { hand_over_.arm(BootClock::now()); }
  void hand_over() {
    if (waiting_.empty()) {
      taken_ = false;
      return;
    }
    Awaiter* const next = waiting_.front();
    waiting_.pop_front();
    std::exchange(next->waiting_, nullptr).resume();
  }

  bool taken_ = false;  // also while it is being handed over
  std::list<Awaiter*> waiting_;
  io::Timer hand_over_;
};

inline Turn::~Turn() {
  if (turns_) turns_->pass_on();
}

}  // namespace hancock::master
