// AssignmentFeed: what one assignment stream sends: everything first, then what has changed since the last
// line.
//
// Plain data; owned by the stream's coroutine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hancock/wire.pb.h"
#include "master/core/state.h"
#include "master/leadership.h"
#include "master/log_relay.h"

namespace hancock::master {

class AssignmentFeed {
 public:
  explicit AssignmentFeed(std::string node) : node_(std::move(node)) {}

  /// The next line; nullopt when there is nothing new to say.
  std::optional<model::AssignmentLine> next(const State& state, const Reign& reign,
                                            const std::vector<std::shared_ptr<LogSession>>& logs);
  /// A line without content: a sign of life.
  model::AssignmentLine sign_of_life(const State& state, const Reign& reign) const;

 private:
  void add_tasks(const State& state, model::AssignmentLine& line);
  bool add_logs(const std::vector<std::shared_ptr<LogSession>>& logs, model::AssignmentLine& line);

  std::string node_;
  bool first_ = true;
  uint64_t changes_ = 0;  // State::changes_on, of the last look
  /// What an Assignment is made from: an intent, and a Version's record, which changes by revisions.
  struct Sent {
    model::TaskIntent intent{};
    store::Revision version;
    friend bool operator==(const Sent&, const Sent&) = default;
  };
  std::map<std::string, Sent> sent_;  // Task -> as it was sent
  std::set<std::string> undecided_;   // as they were named
  std::set<std::string> logs_;        // ids that were asked for and not cancelled
  int64_t incarnation_ = 0;
  int64_t node_revision_ = 0;
};

}  // namespace hancock::master
