// Committer: turns a Change of the core into one fenced transaction with numbered Events, and commits it.
//
// The transaction compares the leader record with the fence of the reign that commits it, so that a leader
// that was deposed writes nothing; the Events of a Change are put as one record whose key is the first one's
// number and must not exist, so that numbers have neither gap nor double whatever became of an earlier
// transaction. Used by one decision at a time (Turns). Loop's thread only.
#pragma once

#include "io/async.h"
#include "master/core/change.h"
#include "master/core/state.h"
#include "master/leadership.h"
#include "master/metrics.h"

namespace hancock::master {

class Committer {
 public:
  Committer(io::Loop& loop, const Clock& clock, store::Store& store, const State& state,
            Leadership& leadership, Metrics& metrics);

  /// The revision of the write. Errors: kConflict when a guard or the fence did not hold, or nobody leads
  /// here; kUnavailable and kTimeout leave open whether it happened; kTooLarge and kInvalid: this Change
  /// never can.
  io::Async<Result<store::Revision>> commit(Change change);

  /// The newest revision that an answer of the store has shown: the next decision waits until State is there.
  /// In a new reign that is its takeover: what was seen before may be of a store that was restored since.
  store::Revision seen() const;

 private:
  int64_t next_event() const;

  io::Loop& loop_;
  const Clock& clock_;
  store::Store& store_;
  const State& state_;
  Leadership& leadership_;
  Metrics& metrics_;
  store::Revision seen_;
  int64_t numbered_ = 0;  // the last number that is known to be in the store, beyond what State shows yet
  store::Revision numbered_by_;  // the fence under which that was learned
};

}  // namespace hancock::master
