#include "io/signal.h"

namespace hancock::io {

void Signal::set() {
  set_ = true;
  if (!waiters_.empty()) wake_timer_.arm(loop_.now());
}

void Signal::wake() {
  if (waiters_.empty()) return;
  set_ = false;
  // Those who wait now, not those who come again while they run.
  for (size_t left = waiters_.size(); left > 0 && !waiters_.empty(); --left) waiters_.front()->finish(true);
}

}  // namespace hancock::io
