// Readiness: waits until what was started serves, and says at once when it ended instead.
//
// One thread. Every wait ends at the deadline given to the constructor, with the last reason why it was not
// over.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "dev/cluster.h"
#include "dev/process_table.h"

namespace hancock::dev {

class Interrupt;

class Readiness {
 public:
  Readiness(TimePoint deadline, Interrupt& interrupt);
  ~Readiness();

  /// Looks again until `attempt()` succeeds. Errors: kUnavailable when `process` ended (with the end of its
  /// log), kTimeout, kCancelled on an interrupt.
  Result<void> until(const ProcessEntry& process, const std::function<Result<void>()>& attempt);

  /// GET `path` at `address` is answered 200. Gives the answer's body.
  Result<std::string> get(const std::string& address, const std::string& path, const std::string& token = {});
  /// until() on get().
  Result<void> until_answers(const ProcessEntry& process, const std::string& address,
                             const std::string& path);
  /// Every Node of the cluster is in state ready, as its Masters say.
  Result<void> until_nodes_ready(const Cluster& cluster, const ProcessEntry& master,
                                 const std::string& token);

 private:
  struct Engine;
  TimePoint deadline_;
  Interrupt& interrupt_;
  std::unique_ptr<Engine> engine_;
};

/// A line break and the last lines of a log, each indented; "" when there is no file.
std::string log_end(const std::string& file);

/// Which of node-1…node-`nodes` are not ready in the answer of GET /v1/nodes; "" when all are.
Result<std::string> nodes_not_ready(const std::string& answer, int nodes);

}  // namespace hancock::dev
