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
  /// Guards and operations are each at most this many; the rest of a transaction is the committer's: fence,
  /// event batch, idempotency reply.
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

}  // namespace hancock::master
