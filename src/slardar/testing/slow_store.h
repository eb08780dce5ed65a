// SlowStore: a MemoryStore that keeps some of its answers back, for tests of
// what happens until they come.
#pragma once

#include <string>

#include "store/forwarding_store.h"
#include "store/memory_store.h"

namespace hancock::slardar::testing {

/// Answers no read of a range that begins with `prefix` until it is released.
class SlowStore final : public store::ForwardingStore {
 public:
  SlowStore(io::Loop& loop, store::MemoryServer& server, std::string prefix)
      : ForwardingStore(memory_), loop_(loop), memory_(server), prefix_(std::move(prefix)) {}
  void release() { prefix_ = "-"; }
  store::MemoryStore& inner() { return memory_; }

  io::Async<Result<store::RangeResult>> range(store::KeyRange range, TimePoint deadline) override {
    while (range.begin.starts_with(prefix_)) co_await loop_.sleep_for(1ms);
    co_return co_await inner_.range(std::move(range), deadline);
  }

 private:
  io::Loop& loop_;
  store::MemoryStore memory_;
  std::string prefix_;
};

}  // namespace hancock::slardar::testing
