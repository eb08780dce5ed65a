// LogRelay: joins a client that asks for a Task's log with the Agent that sends it: nobody dials into a site.
//
//   client's GET                     assignment stream of the Node            Agent's POST nodes/N/logs/ID
//   open(node, request)  ----------> LogRequest
//                                                                             find(id), begin()
//   take()  <------------------------ one piece at a time, no more ---------- give(piece)
//
// One piece is under way at a time, so that a client that reads slowly stops the Agent. Both ends hold the
// session; either may go first, the other is told. Loop's thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "hancock/wire.pb.h"
#include "io/async.h"
#include "io/signal.h"
#include "master/api/problem.h"

namespace hancock::master {

class LogSession {
 public:
  LogSession(io::Loop& loop, std::string node, model::LogRequest request);

  const std::string& node() const { return node_; }
  const model::LogRequest& request() const { return request_; }
  bool begun() const { return begun_; }

  // The client's end.
  /// Waits until the Agent has begun to answer, or refused; false at the deadline.
  io::Async<bool> answered(TimePoint deadline);
  /// What the Agent said instead of a log.
  const std::optional<api::Problem>& refusal() const { return refusal_; }
  /// The next piece; "" at the end. Errors: kClosed (the Agent went away in the middle), kTimeout.
  io::Async<Result<std::string>> take(TimePoint deadline);
  void client_left();

  // The Agent's end.
  /// False when another POST has begun already.
  bool begin();
  void refuse(api::Problem problem);
  /// Waits until the client has taken it. Errors: kClosed (the client has left), kTimeout.
  io::Async<Result<void>> give(std::string piece, TimePoint deadline);
  enum class End { kComplete, kBroken };
  void end(End end);

 private:
  std::string node_;
  model::LogRequest request_;
  io::Signal changed_;
  std::optional<api::Problem> refusal_;
  std::optional<std::string> piece_;  // given, not taken yet
  std::optional<End> end_;
  bool begun_ = false;
  bool client_left_ = false;
};

class LogRelay {
 public:
  static constexpr size_t kSessionsMax = 256;

  /// `wake` wakes the assignment streams.
  LogRelay(io::Loop& loop, Random& random, io::Signal& wake) : loop_(loop), random_(random), wake_(wake) {}

  /// Asks the Node; kTooLarge past kSessionsMax. The request's id is filled in.
  Result<std::shared_ptr<LogSession>> open(std::string node, model::LogRequest request);
  void close(LogSession& session);
  /// Grows with each open() and close(): streams compare it before they wait.
  uint64_t changes() const { return changes_; }
  /// Null when nobody waits for it (any more).
  std::shared_ptr<LogSession> find(std::string_view node, std::string_view id) const;
  std::vector<std::shared_ptr<LogSession>> of_node(std::string_view node) const;

 private:
  io::Loop& loop_;
  Random& random_;
  io::Signal& wake_;
  uint64_t changes_ = 0;
  std::map<std::string, std::shared_ptr<LogSession>, std::less<>> sessions_;  // by id
};

}  // namespace hancock::master
