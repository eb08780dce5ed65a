// Reconciler: the leader's loop: asks the core what to change whenever something has changed or is due, and
// commits what it says.
//
// A Change that the store refuses for good is set aside: skipped with growing pauses, said in an Event, never
// tried in a loop. Loop's thread only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/random.h"
#include "master/core/contacts.h"
#include "master/core/reconcile.h"
#include "master/core/witnesses.h"
#include "master/decisions.h"
#include "master/leader_clock.h"
#include "master/retention.h"

namespace hancock::master {

class Reconciler {
 public:
  struct Parts {
    io::Loop& loop;
    LeaderClock& clock;
    Random& random;
    store::Store& store;
    Replica& replica;
    Leadership& leadership;
    Committer& committer;
    Decisions& decisions;
    Metrics& metrics;
  };
  /// `first` is what has to be in the store before anything else happens in a new reign (bootstrap).
  Reconciler(Parts parts, std::function<Result<Change>(const State&)> first);

  /// Until it is destroyed.
  io::Async<void> run();
  /// Beside run(): tells Contacts that this Master can act, so that it notices when it could not: stopped
  /// (SIGSTOP, a suspended machine), or its store away.
  io::Async<void> watch_for_gaps();
  /// Beside run(): a store that was restored from an older copy ends the reign; the next one is of a higher
  /// epoch.
  io::Async<void> watch_for_restores();

  /// What an Agent's report tells of the store; false: it has seen more than there is, and does not take
  /// orders from here. When enough of them say so the store was restored from an older copy.
  bool take_testimony(const model::NodeReport& report);

  /// Of the present reign; null while none has begun here.
  Contacts* contacts() { return contacts_ ? &*contacts_ : nullptr; }
  /// A Node was heard of, whatever becomes of its report.
  void heard(std::string_view node);
  /// A full report of it is in the State: what waited for it may go on.
  void reported(std::string_view node);
  /// What each Service that is not where it should be waits for, as of the last round.
  const std::map<ServiceRef, std::string>& waiting() const { return waiting_; }
  /// The reign that `first` is done for: the API answers from then on.
  bool serving() const;

 private:
  enum class Round { kQuiet, kAgain, kFailed };
  struct Aside {
    TimePoint until;
    Duration pause;
  };

  void look_at_witnesses();
  io::Async<Round> begin();
  io::Async<Round> round();
  io::Async<bool> knows_all_gateways();
  io::Async<Round> commit(std::vector<Change> changes);
  io::Async<void> set_aside(std::string key, std::string why, std::string reason);
  std::vector<Change> housekeeping();
  io::Async<void> wait_for_work(uint64_t seen);

  Parts parts_;
  std::function<Result<Change>(const State&)> first_;
  RetentionLimits limits_;
  std::optional<Reign> reign_;
  std::optional<Contacts> contacts_;
  std::optional<Witnesses> witnesses_;
  TimePoint testified_{};  // when the last of them spoke
  uint64_t restores_ = 0;  // of Leadership's that the State is known to follow
  std::map<ServiceRef, std::string> waiting_;
  AtRest at_rest_;                      // as the last round left it
  std::map<std::string, Aside> aside_;  // by the key that the Change begins with
  TimePoint next_ = kForever;
  Duration after_conflict_ = 5ms;
  TimePoint housekeeping_at_{};
};

}  // namespace hancock::master
