// ProcessWatch: one process that is not a child of ours, the first one of a container: hears when it ends,
// and signals it.
//
// Through a pidfd that is opened once, while it is known whose process it is: never fooled by a number that
// is used again. Loop's thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "io/async.h"
#include "io/descriptor.h"
#include "io/scope.h"
#include "io/signal.h"

namespace hancock::agent {

class ProcessWatch {
 public:
  /// The process `pid`, if it lives below `cgroup` ("/hancock/t-1"; "": wherever). kNotFound: there is none
  /// (any more), or the number is another's.
  static Result<std::shared_ptr<ProcessWatch>> open(io::Loop& loop, pid_t pid, const std::string& cgroup);
  ProcessWatch(io::Loop& loop, UniqueFd pidfd);
  ~ProcessWatch() { scope_.cancel(); }

  /// Returns when the process has ended; kTimeout when it has not by then. Any number may wait; who waits
  /// keeps it alive.
  io::Async<Result<void>> ended(TimePoint deadline = kForever);
  bool has_ended() const;
  Result<void> send_signal(int number);

 private:
  io::Async<void> listen();

  io::Descriptor descriptor_;
  io::Signal end_;
  io::Scope scope_;
};

}  // namespace hancock::agent
