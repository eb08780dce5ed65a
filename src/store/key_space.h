// KeySpace: the state machine of a Store as plain data: keys, revisions, history, leases.
//
// Pure: no loop, no clock; time comes in as an argument. A copy is a backup, and assigning an old copy is
// what restoring a backup does. Invariants: revision() grows by one with each transaction that changes
// something; history holds every revision after compacted(), without a gap. Its model is etcd's mvcc store.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace hancock::store {

class KeySpace {
 public:
  Revision revision() const { return revision_; }
  /// Watches from a revision below this one find their history gone.
  Revision compacted() const { return compacted_; }

  RangeResult range(const KeyRange& range) const;

  /// Errors: as Store::commit.
  Result<TransactionResult> commit(const Transaction& transaction);

  /// What happened in `range` from `from` on. kGone when that is compacted.
  Result<std::vector<WatchEvent>> events(const KeyRange& range, Revision from) const;

  /// It is true of what stands here.
  bool holds(const Compare& compare) const;

  /// Goes on after a later revision; there is no history before it.
  void skip_to(Revision revision);

  /// Forgets the history before `revision`, which must not lie ahead.
  void compact(Revision revision);

  LeaseId grant_lease(Duration ttl, TimePoint now);
  Result<void> keep_alive(LeaseId lease, TimePoint now);
  Result<void> revoke_lease(LeaseId lease);
  /// Revokes the leases that are over.
  void expire(TimePoint now);
  /// When the next lease ends; kForever when there is none.
  TimePoint next_expiry() const;

 private:
  struct Item {
    KeyValue item;
    LeaseId lease;
  };
  struct Lease {
    Duration ttl{};
    TimePoint end;
    std::set<std::string> keys;
  };

  void put(const Operation& operation, std::vector<WatchEvent>& events);
  void remove(const KeyRange& range, std::vector<WatchEvent>& events);
  void detach(const Item& item);
  void record(std::vector<WatchEvent> events);

  std::map<std::string, Item, std::less<>> items_;
  std::map<LeaseId, Lease> leases_;
  LeaseId next_lease_{1};
  Revision revision_{1};
  Revision compacted_{0};
  std::deque<std::vector<WatchEvent>> history_;  // one entry a revision; the last is revision_'s
};

}  // namespace hancock::store
