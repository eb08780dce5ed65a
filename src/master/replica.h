// Replica: this Master's copy of the store under the prefix: the State and the Events, kept by a mirror.
//
// Loop's thread only. State changes only between two suspensions of a reader: whoever reads it without a
// co_await in between sees one revision. Holds always: state() is the store at state().revision().
#pragma once

#include "io/async.h"
#include "io/signal.h"
#include "master/core/state.h"
#include "master/event_log.h"
#include "store/mirror.h"

namespace hancock::master {

class Replica {
 public:
  Replica(io::Loop& loop, store::Store& store, Random& random, registry::Keys keys);

  /// Keeps it up to date until it is destroyed.
  io::Async<void> run();

  const State& state() const { return state_; }
  const EventLog& events() const { return events_; }
  /// False until the first list: nothing can be said from it.
  bool loaded() const { return loaded_; }

  /// Grows with each change of more than the heartbeat, the beat and probes.
  uint64_t changes() const { return changes_; }
  /// The watch has lost something: everything is read again.
  void mistrust() { mirror_.mistrust(); }
  /// What it shows may be of a store that is no more: nothing is reached until everything was read again.
  void forget() {
    is_of_past_ = true;
    mirror_.mistrust();
  }

  /// How often the store has gone back to an older copy.
  uint64_t restores() const { return restores_; }
  /// Set with every new revision, and with every change: whoever waits compares before it waits.
  io::Signal& moved() { return moved_; }
  io::Signal& changed() { return changed_; }

  /// Waits until the State is at `revision`; false at the deadline.
  io::Async<bool> reach(store::Revision revision, TimePoint deadline);

 private:
  void take(store::MirrorBatch batch);
  bool matters(const store::MirrorBatch& batch) const;
  bool is_at(store::Revision revision) const;

  io::Loop& loop_;
  store::Mirror mirror_;
  State state_;
  EventLog events_;
  bool loaded_ = false;
  bool is_of_past_ = false;
  uint64_t changes_ = 0;
  uint64_t restores_ = 0;
  io::Signal moved_;
  io::Signal changed_;
};

}  // namespace hancock::master
