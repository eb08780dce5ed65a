#include "agent/process_watch.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace hancock::agent {
namespace {

bool lives_below(pid_t pid, const std::string& cgroup) {
  const auto text = read_file(fmt::format("/proc/{}/cgroup", pid));
  return text && text->find(cgroup + "/") != std::string::npos;
}

}  // namespace

Result<std::shared_ptr<ProcessWatch>> ProcessWatch::open(io::Loop& loop, pid_t pid,
                                                         const std::string& cgroup) {
  if (pid <= 1) return fail(ErrorCode::kNotFound, "no process {}", pid);
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, O_NONBLOCK)));
  if (!pidfd) return tl::unexpected(errno_error(errno == ESRCH ? ENOENT : errno, "watch a process"));
  const bool ours = cgroup.empty() || lives_below(pid, cgroup);
  auto watch = std::make_shared<ProcessWatch>(loop, std::move(pidfd));
  // Only now is it sure that what was read was about this very process.
  if (!ours || watch->has_ended()) return fail(ErrorCode::kNotFound, "process {} is not ours", pid);
  return watch;
}

ProcessWatch::ProcessWatch(io::Loop& loop, UniqueFd pidfd) : descriptor_(loop, std::move(pidfd)), end_(loop) {
  scope_.spawn(listen());
}

bool ProcessWatch::has_ended() const {
  pollfd ready{descriptor_.fd(), POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

io::Async<void> ProcessWatch::listen() {
  while (!has_ended()) {
    auto ready = co_await descriptor_.ready(io::Direction::kRead);
    if (!ready) co_return;
  }
  end_.set();
}

io::Async<Result<void>> ProcessWatch::ended(TimePoint deadline) {
  while (!has_ended()) {
    const bool came = co_await end_.wait(deadline);
    if (!came) co_return fail(ErrorCode::kTimeout, "the process still runs");
  }
  co_return Result<void>();
}

Result<void> ProcessWatch::send_signal(int number) {
  if (::syscall(SYS_pidfd_send_signal, descriptor_.fd(), number, nullptr, 0) == 0) return {};
  return tl::unexpected(errno_error(errno == ESRCH ? ENOENT : errno, "signal a process"));
}

}  // namespace hancock::agent
