// SlowStore: a MemoryStore that keeps some of its answers back, for tests of
// what happens until they come.
#pragma once

#include <string>

#include "store/memory_store.h"

namespace hancock::slardar::testing {

/// Answers no read of a range that begins with `prefix` until it is released.
class SlowStore final : public store::Store {
 public:
  SlowStore(io::Loop& loop, store::MemoryServer& server, std::string prefix)
      : loop_(loop), inner_(server), prefix_(std::move(prefix)) {}
  void release() { prefix_ = "-"; }
  store::MemoryStore& inner() { return inner_; }

  io::Async<Result<store::RangeResult>> range(store::KeyRange range, TimePoint deadline) override {
    while (range.begin.starts_with(prefix_)) co_await loop_.sleep_for(1ms);
    co_return co_await inner_.range(std::move(range), deadline);
  }
  io::Async<Result<store::TransactionResult>> commit(store::Transaction wanted, TimePoint deadline) override {
    return inner_.commit(std::move(wanted), deadline);
  }
  io::Async<Result<std::unique_ptr<store::Watch>>> watch(store::KeyRange range, store::Revision from,
                                                         TimePoint deadline) override {
    return inner_.watch(std::move(range), from, deadline);
  }
  io::Async<Result<store::LeaseId>> grant_lease(Duration ttl, TimePoint deadline) override {
    return inner_.grant_lease(ttl, deadline);
  }
  io::Async<Result<void>> keep_alive(store::LeaseId lease, TimePoint deadline) override {
    return inner_.keep_alive(lease, deadline);
  }
  io::Async<Result<void>> revoke_lease(store::LeaseId lease, TimePoint deadline) override {
    return inner_.revoke_lease(lease, deadline);
  }

 private:
  io::Loop& loop_;
  store::MemoryStore inner_;
  std::string prefix_;
};

}  // namespace hancock::slardar::testing
