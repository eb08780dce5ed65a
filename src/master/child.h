// Child: keeps one program running: starts it, writes its pid file, starts it again with back-off when it
// ends.
//
//   Child etcd(loop, {.name = "etcd", .argv = …, .pid_file = …});
//   scope.spawn(etcd.run());
//   co_await etcd.stop(loop.now() + 10s);     // SIGTERM, at the deadline SIGKILL; run() has returned then
//
// Loop's thread only. The program gets SIGKILL when this process goes, however it goes. It is never running
// when run() has returned.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/process.h"
#include "io/async.h"
#include "io/signal.h"

namespace hancock::master {

struct ChildOptions {
  std::string name;  // for the log
  std::vector<std::string> argv;
  std::filesystem::path log;  // empty: ours
  std::filesystem::path pid_file;
  Duration backoff = 100ms;  // before the first restart; doubles up to backoff_max
  Duration backoff_max = 5s;
  Duration settled = 10s;  // who ran this long starts with the first back-off again
};

class Child {
 public:
  Child(io::Loop& loop, ChildOptions options) : loop_(loop), options_(std::move(options)), changed_(loop) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Until stop() was called and the program has ended.
  io::Async<void> run();
  /// Once; run() runs.
  io::Async<void> stop(TimePoint deadline);

 private:
  io::Async<ExitStatus> wait_for_end(Process& process);
  void signal(int number);

  io::Loop& loop_;
  ChildOptions options_;
  io::Signal changed_;  // stopping_ or ended_ have been set
  std::stop_source stopping_;
  Process* process_ = nullptr;  // while it runs
  bool ended_ = false;
};

}  // namespace hancock::master
