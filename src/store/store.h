// Store: the replicated key-value store that all state lives in: ranges, fenced transactions, watches,
// leases.
//
// Two implementations: etcd::EtcdStore, and MemoryStore (tests and the simulator). Keys are byte strings in
// one order; every successful transaction that writes gets the next Revision. Loop's thread only; calls may
// be destroyed while they wait. What it promises is what etcd's v3 API promises (its API reference, "KV API
// guarantees").
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/strong.h"
#include "io/async.h"

namespace hancock::store {

using Revision = Strong<int64_t, struct RevisionTag>;
using LeaseId = Strong<int64_t, struct LeaseIdTag>;

struct KeyValue {
  std::string key;
  std::string value;
  Revision create_revision;
  Revision mod_revision;
  int64_t version = 0;  // 1 for a new key; grows with each put
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// KeyRange and Transaction have constructors on purpose: docs/traps.md, "an aggregate temporary".

/// [begin, end) in key order; an empty `end` means the one key `begin`, kOpenEnd everything from `begin` on.
struct KeyRange {
  static constexpr std::string_view kOpenEnd{"\0", 1};
  KeyRange() = default;
  KeyRange(std::string first, std::string past) : begin(std::move(first)), end(std::move(past)) {}

  std::string begin;
  std::string end;
  static KeyRange key(std::string key) { return {std::move(key), {}}; }
  /// All keys that start with `prefix` (not empty).
  static KeyRange prefix(std::string prefix);
  /// `key` (not empty) and all after it.
  static KeyRange from(std::string key);
  bool contains(std::string_view key) const;
  friend bool operator==(const KeyRange&, const KeyRange&) = default;
};

struct RangeResult {
  std::vector<KeyValue> items;  // in key order
  Revision revision;            // of the store when it was read
};

/// `left relation right`; a key that does not exist has create_revision, mod_revision and version 0.
struct Compare {
  enum class Target { kModRevision, kCreateRevision, kVersion };
  enum class Relation { kEqual, kGreater, kLess, kNotEqual };
  std::string key;
  Target target = Target::kModRevision;
  Relation relation = Relation::kEqual;
  int64_t operand = 0;

  static Compare unchanged(std::string key, Revision mod_revision) {
    return {std::move(key), Target::kModRevision, Relation::kEqual, mod_revision.value()};
  }
  static Compare absent(std::string key) { return {std::move(key), Target::kVersion, Relation::kEqual, 0}; }
  static Compare present(std::string key) {
    return {std::move(key), Target::kVersion, Relation::kGreater, 0};
  }
  friend bool operator==(const Compare&, const Compare&) = default;
};

struct Operation {
  enum class Kind { kPut, kDelete };
  Kind kind = Kind::kPut;
  std::string key;
  std::string value;      // kPut
  LeaseId lease;          // kPut; 0 = none
  std::string range_end;  // kDelete; "" = the one key

  static Operation put(std::string key, std::string value, LeaseId lease = {}) {
    return {Kind::kPut, std::move(key), std::move(value), lease, {}};
  }
  static Operation remove(std::string key) { return {Kind::kDelete, std::move(key), {}, {}, {}}; }
  static Operation remove(KeyRange range) {
    return {Kind::kDelete, std::move(range.begin), {}, {}, std::move(range.end)};
  }
  friend bool operator==(const Operation&, const Operation&) = default;
};

/// All of `operations` happen if all of `compares` hold, else nothing does.
struct Transaction {
  static constexpr size_t kOperationsMax = 128;  // and as many compares
  static constexpr size_t kBytesMax = 3 << 19;   // 1.5 MiB of keys and values
  Transaction() = default;
  Transaction(std::vector<Compare> all_of, std::vector<Operation> then)
      : compares(std::move(all_of)), operations(std::move(then)) {}

  std::vector<Compare> compares;
  std::vector<Operation> operations;
};

/// What every Store refuses before it tries. kTooLarge: past a limit above; kInvalid: an empty key, or a key
/// that is put twice, or put and deleted.
Result<void> check(const Transaction& transaction);
/// kInvalid: `begin` is empty.
Result<void> check(const KeyRange& range);

struct TransactionResult {
  bool succeeded = false;  // false: a compare did not hold
  Revision revision;       // of the store afterwards; of this write when it succeeded
};

struct WatchEvent {
  enum class Kind { kPut, kDelete };
  Kind kind = Kind::kPut;
  KeyValue item;  // kDelete: key and mod_revision (of the deletion) only
};

/// Changes of one or more whole revisions, in order. Empty: only the revision moved on (progress).
struct WatchBatch {
  std::vector<WatchEvent> events;
  Revision revision;  // nothing up to here is missing
};

class Watch {
 public:
  virtual ~Watch() = default;
  /// The next batch. Errors: kGone (compacted: list again), kTimeout (nothing came; go on waiting if you
  /// like), kUnavailable/kClosed (open a new one).
  virtual io::Async<Result<WatchBatch>> next(TimePoint deadline) = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  /// All of `range`, read at one revision; linearizable. Errors: kUnavailable, kTimeout.
  virtual io::Async<Result<RangeResult>> range(KeyRange range, TimePoint deadline) = 0;

  /// Errors: kUnavailable and kTimeout leave open whether it happened; kTooLarge, kInvalid and kNotFound (no
  /// such lease): it did not.
  virtual io::Async<Result<TransactionResult>> commit(Transaction transaction, TimePoint deadline) = 0;

  /// Changes in `range` from revision `from` on (inclusive; may lie ahead). The store outlives the watch.
  virtual io::Async<Result<std::unique_ptr<Watch>>> watch(KeyRange range, Revision from,
                                                          TimePoint deadline) = 0;

  virtual io::Async<Result<LeaseId>> grant_lease(Duration ttl, TimePoint deadline) = 0;
  /// kNotFound when it has expired.
  virtual io::Async<Result<void>> keep_alive(LeaseId lease, TimePoint deadline) = 0;
  /// Deletes the keys that were put under it. kNotFound when it has expired.
  virtual io::Async<Result<void>> revoke_lease(LeaseId lease, TimePoint deadline) = 0;

  /// The caller heard nothing where it should have: talk to another member of the store from now on, where
  /// there are several.
  virtual void use_another_member() {}
};

}  // namespace hancock::store
