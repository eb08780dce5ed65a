#include "agent/process_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace hancock::agent {

Result<std::unique_ptr<ProcessWatch>> ProcessWatch::open(io::Loop& loop, pid_t pid) {
  if (pid <= 1) return fail(ErrorCode::kNotFound, "no process {}", pid);
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, O_NONBLOCK)));
  if (!pidfd) return tl::unexpected(errno_error(errno == ESRCH ? ENOENT : errno, "watch a process"));
  return std::make_unique<ProcessWatch>(loop, std::move(pidfd));
}

io::Async<Result<void>> ProcessWatch::ended(TimePoint deadline) {
  pollfd ready{descriptor_.fd(), POLLIN, 0};
  if (::poll(&ready, 1, 0) == 1) co_return Result<void>{};
  co_return co_await descriptor_.ready(io::Direction::kRead, deadline);
}

Result<void> ProcessWatch::send_signal(int number) {
  if (::syscall(SYS_pidfd_send_signal, descriptor_.fd(), number, nullptr, 0) == 0) return {};
  return tl::unexpected(errno_error(errno == ESRCH ? ENOENT : errno, "signal a process"));
}

}  // namespace hancock::agent
