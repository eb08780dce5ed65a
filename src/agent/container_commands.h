// ContainerCommands: runs the commands of specs in Tasks' containers, so that no tenant takes all of a lane.
//
//   ContainerCommands commands(runtime, Runtime::Lane::kPreStop, 4);
//   auto done = co_await commands.run({"/bye"}, "acme", pod.container, 10s);
//
// Loop's thread; it outlives what it runs.
#pragma once

#include <string>
#include <vector>

#include "agent/runtime.h"
#include "agent/shares.h"

namespace hancock::agent {

class ContainerCommands {
 public:
  /// `each`: how many of one tenant run at a time.
  ContainerCommands(Runtime& runtime, Runtime::Lane lane, size_t each)
      : runtime_(runtime), lane_(lane), shares_(runtime.loop(), each) {}

  /// Anything but exit code 0 is an error, which says the command and what it wrote. It is killed `limit`
  /// after it began, and at `deadline`, for which it also waits for its turn.
  io::Async<Result<void>> run(std::vector<std::string> command, std::string tenant, std::string container,
                              Duration limit, TimePoint deadline = kForever);

 private:
  Runtime& runtime_;
  Runtime::Lane lane_;
  Shares shares_;
};

}  // namespace hancock::agent
