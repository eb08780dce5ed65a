// Waiting for what gives no sign of its own: looks again every few milliseconds until a deadline.
#pragma once

#include "base/clock.h"

namespace hancock::dev {

/// Lets a moment pass; false when the deadline has come.
bool pause_before(TimePoint deadline);

/// True as soon as `condition()` holds, false when it does not by the deadline.
template <class F>
bool wait_until(TimePoint deadline, F condition) {
  while (!condition()) {
    if (!pause_before(deadline)) return condition();
  }
  return true;
}

}  // namespace hancock::dev
