#include "load/metronome.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdlib>

#include "io/loop.h"

namespace hancock::load {
namespace {

UniqueFd ticking(Duration period) {
  UniqueFd timer(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  itimerspec when{};
  when.it_interval.tv_sec = period / 1s;
  when.it_interval.tv_nsec = (period % 1s).count();
  when.it_value = when.it_interval;
  if (!timer || ::timerfd_settime(timer.get(), 0, &when, nullptr) != 0) std::abort();
  return timer;
}

}  // namespace

Metronome::Metronome(io::Loop& loop, Duration period) : descriptor_(loop, ticking(period)) {}

io::Async<void> Metronome::next() {
  while (true) {
    uint64_t beats = 0;
    if (::read(descriptor_.fd(), &beats, sizeof beats) == sizeof beats) co_return;
    auto ready = co_await descriptor_.ready(io::Direction::kRead);
    if (!ready) std::abort();  // nobody closes it
  }
}

}  // namespace hancock::load
