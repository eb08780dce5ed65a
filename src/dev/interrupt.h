// Interrupt: Ctrl-C (and SIGTERM, SIGHUP) as a question instead of an end, so that what was begun can be
// taken down.
//
// Make one first thing, on the main thread, before others exist: the signals are blocked from then on. What
// we start has them unblocked again (base/process.h).
#pragma once

#include <signal.h>

#include "base/clock.h"

namespace hancock::dev {

class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// True from the first such signal on.
  bool requested();
  /// Waits for one, or for the end of a child, at most until `deadline`. True when an interrupt was
  /// requested.
  bool wait(TimePoint deadline);

 private:
  sigset_t ends_;
  sigset_t ends_and_children_;
  bool requested_ = false;
};

}  // namespace hancock::dev
