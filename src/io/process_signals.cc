#include "io/process_signals.h"

#include <pthread.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

namespace hancock::io {
namespace {

UniqueFd open_signals(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

}  // namespace

ProcessSignals::ProcessSignals(Loop& loop, std::initializer_list<int> numbers)
    : descriptor_(loop, open_signals(numbers)) {}

Async<Result<int>> ProcessSignals::next() {
  while (true) {
    signalfd_siginfo info{};
    if (::read(descriptor_.fd(), &info, sizeof info) == sizeof info)
      co_return static_cast<int>(info.ssi_signo);
    if (errno != EAGAIN && errno != EINTR) co_return tl::unexpected(errno_error(errno, "signalfd"));
    auto ready = co_await descriptor_.ready(Direction::kRead);
    if (!ready) co_return forward_error(ready);
  }
}

}  // namespace hancock::io
