// FrozenThread: one thread of a process that stands still while the others go on: a worker that hangs.
#pragma once

#include <sys/ptrace.h>
#include <sys/wait.h>

namespace hancock::slardar::testing {

class FrozenThread {
 public:
  /// Until its destruction. The thread is traced: it must be this process's to trace.
  explicit FrozenThread(pid_t thread) : thread_(thread) {
    int status = 0;
    frozen_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0 &&
              ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0 &&
              ::waitpid(thread_, &status, __WALL) == thread_ && WIFSTOPPED(status);
  }
  FrozenThread(const FrozenThread&) = delete;
  FrozenThread& operator=(const FrozenThread&) = delete;
  ~FrozenThread() {
    if (frozen_) ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
  }

  bool frozen() const { return frozen_; }
  /// It has ended with its process, which its tracer has to acknowledge.
  bool ended() {
    int status = 0;
    if (!frozen_ || ::waitpid(thread_, &status, __WALL | WNOHANG) != thread_) return !frozen_;
    frozen_ = WIFSTOPPED(status);
    return !frozen_;
  }

 private:
  const pid_t thread_;
  bool frozen_ = false;
};

}  // namespace hancock::slardar::testing
