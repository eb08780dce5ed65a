// Process: a child process: started in its own session, waited for through a pidfd, reaped by who owns it.
//
//   auto child = Process::spawn({.argv = {"etcd", "--data-dir", dir}, .log = dir + "/etcd.log"});
//   Result<ExitStatus> end = child->wait(BootClock::now() + 5s);      // kTimeout: it still runs
//
// One owner, one thread. Destroying a Process neither ends nor reaps the child: it may outlive us. A loop
// waits by registering pidfd(), which becomes readable at the end, then calls wait() with a deadline that has
// passed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace hancock {

/// How a process ended: by exit(code), or by a signal (then code is 0).
struct ExitStatus {
  int code = 0;
  int signal = 0;

  bool ok() const { return code == 0 && signal == 0; }
  /// "exit code 1", "signal 9 (Killed)".
  std::string describe() const;
};

struct SpawnOptions {
  std::vector<std::string> argv = {};  // argv[0]: a path, or a name looked up in PATH
  std::vector<std::string> env =
      {};  // "K=V" beside what we have ourselves; ours of the same name are replaced
  std::filesystem::path directory = {};  // to run in; empty: ours
  std::filesystem::path log = {};        // stdout and stderr are appended here; empty: they are ours
  int network_namespace = -1;            // a namespace's descriptor to enter before exec; -1: ours
  int death_signal = 0;                  // sent to the child when the thread that started it ends; 0: none
};

class Process {
 public:
  /// Signals are at their defaults and unblocked in the child, stdin is /dev/null, no other descriptor is
  /// inherited. Errors: kNotFound (no such program), kDenied, … naming the program and the step that failed.
  static Result<Process> spawn(const SpawnOptions& options);

  pid_t pid() const { return pid_; }
  /// Readable once the process has ended.
  int pidfd() const { return pidfd_.get(); }

  /// kNotFound when it has been reaped.
  Result<void> send_signal(int number) const;
  /// Waits for the end and reaps. kTimeout: it still runs. Asked again it gives the same answer.
  Result<ExitStatus> wait(TimePoint deadline);

 private:
  friend Result<struct CommandOutput> run_command(const struct CommandOptions& options);

  struct Standard {  // what becomes the child's stdin, stdout, stderr; -1: ours
    int in = -1;
    int out = -1;
    int err = -1;
  };
  static Result<Process> start(const SpawnOptions& options, Standard standard);
  Process(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_ = -1;
  UniqueFd pidfd_;
  bool reaped_ = false;
  ExitStatus status_;
};

/// Where a program lies: `name` itself when it has a slash, else the first match in PATH and in the sbin
/// folders.
Result<std::filesystem::path> find_program(std::string_view name);

}  // namespace hancock
