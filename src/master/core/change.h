// Change: one transaction that the core asks for, with the Events that it causes and why it is made.
//
// The committer adds the leader's fence to `guards`, numbers `events` and puts them as one batch record
// beside `operations`. A Change may be lost or sent twice: its guards compare what it was decided from and it
// moves at least one of those, so it happens at most once. Plain data; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hancock/model.pb.h"
#include "store/store.h"

namespace hancock::master {

struct Change {
  /// What has_room_for() lets in. The rest of a transaction is for the App's record of an owner's write and
  /// for the committer: fence, event batch, idempotency reply.
  static constexpr size_t kMax = store::Transaction::kOperationsMax - 8;

  std::vector<store::Compare> guards;
  std::vector<store::Operation> operations;
  std::vector<model::Event> events;  // without id and number
  std::string why;                   // for the log: "shop/web: 2 Tasks are missing"

  bool empty() const { return operations.empty(); }
  bool has_room_for(size_t more) const {
    return guards.size() + more <= kMax && operations.size() + more <= kMax;
  }

  /// Each key at most once in a Change: as etcd demands.
  void guard_unchanged(std::string key, store::Revision revision);
  void guard_absent(std::string key);
  /// Puts `value` where the record still has `revision`; 0: where there is none.
  void replace(std::string key, std::string value, store::Revision revision);
  void replace(std::string key, const google::protobuf::Message& record, store::Revision revision);
  /// Deletes it if it still has `revision`.
  void erase(std::string key, store::Revision revision);
  bool touches(std::string_view key) const;
};

/// Adds `change` at the end, in one with the last one where there is room.
void append(std::vector<Change>& changes, Change change);

}  // namespace hancock::master
