// ProcessWatch: hears when a process ends that is not a child of ours: the first one of a container.
//
// Through a pidfd, so never fooled by a number that is used again. Loop's thread.
#pragma once

#include <sys/types.h>

#include <memory>

#include "base/error.h"
#include "io/async.h"
#include "io/descriptor.h"

namespace hancock::agent {

class ProcessWatch {
 public:
  /// kNotFound: there is no such process (any more).
  static Result<std::unique_ptr<ProcessWatch>> open(io::Loop& loop, pid_t pid);
  ProcessWatch(io::Loop& loop, UniqueFd pidfd) : descriptor_(loop, std::move(pidfd)) {}

  /// Returns when the process has ended; kTimeout when it has not by then. One waiter.
  io::Async<Result<void>> ended(TimePoint deadline = kForever);
  Result<void> send_signal(int number);

 private:
  io::Descriptor descriptor_;
};

}  // namespace hancock::agent
