// Leave: takes Tasks out of service: by a barrier where a gateway may still send visitors to them, at once
// where none ever did. Part of one ServiceDraft.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "master/core/service_draft.h"

namespace hancock::master {

class Leave {
 public:
  explicit Leave(ServiceDraft& draft) : draft_(draft) {}

  /// A gateway may send, or be sending, visitors to `task`.
  bool may_have_visitors(const model::Task& task) const;

  /// Makes the barrier at once, with all of `tasks` that may have visitors, whether or not take_out() has
  /// room for them in this Change.
  std::string open_barrier(const std::vector<const StoredTask*>& tasks);

  /// DRAIN or RELEASE; one that is not registered will not be any more. False: no room left; the next
  /// round's.
  bool take_out(const StoredTask& task);

  /// Writes the barrier of those that take_out() sent to DRAIN, unless open_barrier() has.
  void close();

 private:
  bool forestall(const model::Task& task);
  void drain(const StoredTask& before, const std::string& barrier);
  void release(const StoredTask& before);

  ServiceDraft& draft_;
  std::string barrier_;  // open_barrier()'s
  std::set<std::string> listed_;
  std::vector<const StoredTask*> draining_;  // until close() knows their barrier
};

/// Takes back what drain did, after a switch that a gateway refused.
void restore(ServiceDraft& draft, const StoredTask& task);

}  // namespace hancock::master
