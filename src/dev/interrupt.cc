#include "dev/interrupt.h"

#include <algorithm>
#include <cerrno>

namespace hancock::dev {
namespace {

timespec to_timespec(Duration span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((span - seconds).count())};
}

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&ends_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends_, number);
  ends_and_children_ = ends_;
  sigaddset(&ends_and_children_, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &ends_and_children_, nullptr);
}

bool Interrupt::requested() {
  const timespec at_once{0, 0};
  if (!requested_ && sigtimedwait(&ends_, nullptr, &at_once) > 0) requested_ = true;
  return requested_;
}

bool Interrupt::wait(TimePoint deadline) {
  if (requested_) return true;
  const timespec left = to_timespec(std::max(Duration(0), deadline - BootClock::now()));
  const int number = sigtimedwait(&ends_and_children_, nullptr, &left);
  if (number > 0 && number != SIGCHLD) requested_ = true;
  return requested_;
}

}  // namespace hancock::dev
