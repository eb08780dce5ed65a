// Decisions: everything that this Master decides from State and writes, one decision at a time.
//
//   auto written = co_await decisions.write([&](const State& state) { return scale(state, …); }, deadline);
//
// A decision sees all that the one before has written; one whose guards did not hold is made again from what
// is there then. Loop's thread only.
#pragma once

#include <functional>
#include <vector>

#include "io/async.h"
#include "master/committer.h"
#include "master/replica.h"
#include "master/turn.h"

namespace hancock::master {

class Decisions {
 public:
  Decisions(io::Loop& loop, Replica& replica, Committer& committer, Leadership& leadership)
      : loop_(loop), replica_(replica), committer_(committer), leadership_(leadership), turns_(loop) {}

  /// What to commit, in order; an Error refuses and is handed back. Called again after a conflict.
  using Decide = std::function<Result<std::vector<Change>>(const State&)>;

  /// The revision of its last write; State is there. When nothing had to be written, that of State. Errors:
  /// those of `decide` and of Committer::commit; kUnavailable when nobody leads here. After kTimeout and
  /// kUnavailable a part of it may be written; to ask again is safe.
  io::Async<Result<store::Revision>> write(Decide decide, TimePoint deadline);

  /// For a decision of several steps of one's own: between take() and the end of the Turn, after ready() and
  /// before the next co_await, State is what all earlier decisions have made it.
  Turns::Awaiter take() { return turns_.take(); }
  io::Async<Result<void>> ready(TimePoint deadline);

 private:
  enum class Attempt { kDone, kAgain };
  io::Async<Result<Attempt>> attempt(const Decide& decide, TimePoint deadline, store::Revision& written);

  io::Loop& loop_;
  Replica& replica_;
  Committer& committer_;
  Leadership& leadership_;
  Turns turns_;
};

}  // namespace hancock::master
