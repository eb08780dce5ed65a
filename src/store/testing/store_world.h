// StoreWorld: a Store under test with what a test needs to do to it from outside; SyncStore: calls without
// coroutines, for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/loop.h"
#include "store/store.h"

namespace hancock::store {

/// Each call runs the loop until it is done, at most 10 s.
class SyncStore {
 public:
  SyncStore(io::Loop& loop, Store& store) : loop_(loop), store_(store) {}

  TimePoint deadline() const { return loop_.now() + 10s; }
  Result<RangeResult> range(KeyRange range) {
    return loop_.block_on(store_.range(std::move(range), deadline()));
  }
  /// All below `prefix`; empty when it fails.
  std::vector<KeyValue> items(const std::string& prefix) {
    auto result = range(KeyRange::prefix(prefix));
    return result ? std::move(result->items) : std::vector<KeyValue>{};
  }
  Result<TransactionResult> commit(Transaction transaction) {
    return loop_.block_on(store_.commit(std::move(transaction), deadline()));
  }
  Result<TransactionResult> commit(Operation operation) {
    Transaction transaction;
    transaction.operations.push_back(std::move(operation));
    return commit(std::move(transaction));
  }
  Result<TransactionResult> put(std::string key, std::string value, LeaseId lease = {}) {
    return commit(Operation::put(std::move(key), std::move(value), lease));
  }
  Result<TransactionResult> remove(std::string key) { return commit(Operation::remove(std::move(key))); }
  Result<std::unique_ptr<Watch>> watch(KeyRange range, Revision from) {
    return loop_.block_on(store_.watch(std::move(range), from, deadline()));
  }
  Result<WatchBatch> next(Watch& watch, Duration wait = 10s) {
    return loop_.block_on(watch.next(loop_.now() + wait));
  }
  Result<LeaseId> grant_lease(Duration ttl) { return loop_.block_on(store_.grant_lease(ttl, deadline())); }
  Result<void> keep_alive(LeaseId lease) { return loop_.block_on(store_.keep_alive(lease, deadline())); }
  Result<void> revoke_lease(LeaseId lease) { return loop_.block_on(store_.revoke_lease(lease, deadline())); }

 private:
  io::Loop& loop_;
  Store& store_;
};

class StoreWorld {
 public:
  virtual ~StoreWorld() = default;
  virtual io::Loop& loop() = 0;
  virtual Store& store() = 0;
  virtual void compact(Revision revision) = 0;
  /// Lets a lease of `ttl` end, or sees to it that it soon does.
  virtual void let_lease_end(Duration ttl) = 0;
};

/// A parameter of the conformance suite.
struct StoreWorldFactory {
  std::string name;
  std::function<std::unique_ptr<StoreWorld>()> make;
};

}  // namespace hancock::store
