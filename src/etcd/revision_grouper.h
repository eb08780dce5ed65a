// RevisionGrouper: makes batches of whole revisions out of a watch's messages, which may end in the middle of
// one (fragments). Pure; any thread, one at a time.
#pragma once

#include <optional>
#include <vector>

#include "etcd/answers.h"

namespace hancock::etcd {

class RevisionGrouper {
 public:
  /// A watch from `from` on.
  explicit RevisionGrouper(store::Revision from) : last_(from.value() - 1) {}

  /// What is complete with this message; nothing while only part of a revision has come.
  /// kUnavailable: an event is older than what came before, or empty where it must not be.
  Result<std::optional<store::WatchBatch>> add(WatchAnswer answer);

 private:
  store::Revision last_;                    // of the newest event so far
  std::vector<store::WatchEvent> partial_;  // of last_, which is not complete
};

}  // namespace hancock::etcd
