// RecordWriter: changes a record of the Registry for somebody who asks when the change is live.
//
//   auto written = co_await writer.write(keys.upstreams() + "shop", edit);
//   if (written && written->live) …                    // every worker of this gateway serves by it
//
// A change is the edit of what stands there, committed under the condition that it still stands there, so
// that of two writers none overwrites what he has not seen: the later one edits anew. The store is written
// first; what this gateway serves follows from there as it does from anybody's change. Control thread; what
// it is made of outlives it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "io/signal.h"
#include "slardar/admin/if_match.h"
#include "slardar/confd/session.h"

namespace hancock::slardar {

struct Written {
  store::Revision revision;  // of the record's last change; of its removal
  bool live = false;         // every worker serves by it, or by what came after
  std::string refused;       // why it is written and not served all the same
};

/// Gives what is to stand there instead of `present`; nullopt: nothing. An Error leaves it as it is. Called
/// again when somebody else was quicker.
using RecordEdit =
    std::function<Result<std::optional<std::string>>(const std::optional<std::string>& present)>;

class RecordWriter {
 public:
  static constexpr Duration kCommitWithin = 3s;
  static constexpr Duration kLookAgainWithin = 2s;  // whether a commit without an answer has happened
  static constexpr Duration kLiveWithin = 2s;

  /// `progress` is set when the workers have swapped, and when what was read is built.
  RecordWriter(io::Loop& loop, store::Store& store, const Session& session, const Publisher& publisher,
               const WorkerGroup& workers, io::Signal& progress);

  /// An edit that changes nothing writes nothing, and is live when what stands there is.
  /// Errors: those of `edit`; kConflict: `condition` does not hold; kUnavailable and kTimeout: the store is
  /// away, and the message says whether something may have been written; kCancelled: it takes nothing at the
  /// moment.
  io::Async<Result<Written>> write(std::string key, RecordEdit edit, IfMatch condition = {});

 private:
  struct Change;
  io::Async<Result<store::Revision>> change(std::string key, RecordEdit edit, IfMatch condition);
  io::Async<Result<std::optional<store::Revision>>> commit(Change change, TimePoint deadline);
  store::Revision absent_since(const std::string& key, store::Revision read_at) const;
  io::Async<Result<store::Revision>> look_again(Change change, Error error);
  io::Async<bool> live(std::string key, store::Revision revision);

  io::Loop& loop_;
  store::Store& store_;
  const Session& session_;
  const Publisher& publisher_;
  const WorkerGroup& workers_;
  io::Signal& progress_;
};

}  // namespace hancock::slardar
