// ForwardingStore: hands every call on to another Store; who wants one of them otherwise overrides it. Loop's
// thread only.
#pragma once

#include <memory>
#include <utility>

#include "store/store.h"

namespace hancock::store {

class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(Store& inner) : inner_(inner) {}

  io::Async<Result<RangeResult>> range(KeyRange range, TimePoint deadline) override {
    return inner_.range(std::move(range), deadline);
  }
  io::Async<Result<TransactionResult>> commit(Transaction wanted, TimePoint deadline) override {
    return inner_.commit(std::move(wanted), deadline);
  }
  io::Async<Result<std::unique_ptr<Watch>>> watch(KeyRange range, Revision from,
                                                  TimePoint deadline) override {
    return inner_.watch(std::move(range), from, deadline);
  }
  io::Async<Result<LeaseId>> grant_lease(Duration ttl, TimePoint deadline) override {
    return inner_.grant_lease(ttl, deadline);
  }
  io::Async<Result<void>> keep_alive(LeaseId lease, TimePoint deadline) override {
    return inner_.keep_alive(lease, deadline);
  }
  io::Async<Result<void>> revoke_lease(LeaseId lease, TimePoint deadline) override {
    return inner_.revoke_lease(lease, deadline);
  }

 protected:
  Store& inner_;
};

}  // namespace hancock::store
