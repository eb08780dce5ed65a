// Turn: lets the other work of a loop have its turn in a coroutine that may
// never have to wait.
//
//   io::Turn turn(loop);
//   while (more) { co_await turn.spent(); ... }     // each kSteps-th time it
//   waits for the loop to come round
//
// Loop's thread only.
#pragma once

#include <optional>

#include "io/loop.h"

namespace hancock::io {

class Turn {
 public:
  static constexpr int kSteps = 32;
  explicit Turn(Loop& loop) : loop_(loop) {}

  class Awaiter {
   public:
    Awaiter(Loop& loop, bool over) : loop_(loop), over_(over) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    bool await_ready() const { return !over_; }
    void await_suspend(std::coroutine_handle<> waiting) {
      timer_.emplace(loop_, [waiting] { waiting.resume(); });
      timer_->arm(loop_.now());
    }
    void await_resume() {}

   private:
    Loop& loop_;
    const bool over_;
    std::optional<Timer> timer_;
  };

  /// One step is about to be done.
  Awaiter spent() {
    const bool over = ++steps_ >= kSteps;
    if (over) steps_ = 0;
    return Awaiter(loop_, over);
  }

 private:
  Loop& loop_;
  int steps_ = 0;
};

}  // namespace hancock::io
