// Reporter: tells the Masters what has become of this Node's Tasks: what changed, soon after it did;
// otherwise a sign of life every two seconds; everything after each connect.
//
//   reporter.changed("t-1");                // often, cheap
//   scope.spawn(reporter.run());
//   auto ok = co_await reporter.report_all();   // at each connect; then run() goes on with changes
//
// One is on its way at a time, and each says the how manieth of this start it is. One that was not accepted
// is made again, with what has changed meanwhile. Loop's thread.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "agent/masters.h"
#include "hancock/wire.pb.h"
#include "http/client.h"
#include "io/signal.h"

namespace hancock::agent {

class Reporter {
 public:
  enum class Part { kTasks, kTasksAndNode, kEverything };
  /// Writes the report of each Task in `tasks` (of all for kEverything) and, unless kTasks, the Node's own
  /// part.
  using Fill = std::function<void(model::NodeReport& report, const std::set<std::string>& tasks, Part part)>;
  /// `start`: names this start of the Agent.
  Reporter(io::Loop& loop, http::Client& client, Masters& masters, std::string start, Fill fill)
      : loop_(loop),
        client_(client),
        masters_(masters),
        start_(std::move(start)),
        fill_(std::move(fill)),
        wake_(loop),
        idle_(loop) {}

  void changed(const std::string& task);
  /// The Node's own part has changed.
  void node_changed();
  /// All is to be told once more.
  void everything_changed();

  io::Async<Result<void>> report_all();
  /// Until destroyed. Only while connected are reports sent.
  io::Async<void> run();
  void set_connected(bool connected);
  /// Reports in a row that nobody took.
  uint32_t failures() const { return failures_; }

 private:
  io::Async<Result<void>> tell(Part part);
  io::Async<Result<void>> send(model::NodeReport report);

  io::Loop& loop_;
  http::Client& client_;
  Masters& masters_;
  std::string start_;
  Fill fill_;
  io::Signal wake_;
  io::Signal idle_;
  bool sending_ = false;
  int64_t sequence_ = 0;
  std::set<std::string> dirty_;
  Part part_ = Part::kTasks;  // that is due, beside the Tasks in dirty_
  bool connected_ = false;
  uint32_t failures_ = 0;
};

}  // namespace hancock::agent
