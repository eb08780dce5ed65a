// Metronome: wakes a coroutine at a steady rate, finer than the loop's timers, whose unit is a millisecond.
//
// One waiter. Loop's thread only.
#pragma once

#include "base/clock.h"
#include "io/async.h"
#include "io/descriptor.h"

namespace hancock::io {
class Loop;
}

namespace hancock::load {

class Metronome {
 public:
  /// Aborts when the kernel gives no timer.
  Metronome(io::Loop& loop, Duration period);

  /// The next beat; beats that nobody waited for count as one.
  io::Async<void> next();

 private:
  io::Descriptor descriptor_;
};

}  // namespace hancock::load
