// EtcdStore: the Store on an etcd cluster, through the v3 JSON gateway of its members.
//
//   http::Client client(loop);
//   EtcdStore store(loop, client, {*io::Address::parse("127.0.0.1:2379")});
//
// Fails over to the next member when one does not answer. A transaction that may have arrived is not sent
// again. Large ranges are read in pages at one revision. Loop's thread only; the loop and the client outlive
// it, it outlives its watches and calls.
#pragma once

#include <string>
#include <vector>

#include "etcd/caller.h"
#include "store/store.h"

namespace hancock::etcd {

struct EtcdOptions {
  Credentials credentials = {};
  size_t page_keys = 1000;  // of a range; halved while the answer is too large
  /// A key that is put every now and then: each watch that does not cover it follows it beside, in the same
  /// stream, so that a silent watch is a dead one. "": none.
  std::string pulse = {};
};

class EtcdStore final : public store::Store {
 public:
  /// `members`: at least one, in the order of preference.
  EtcdStore(io::Loop& loop, http::Client& client, std::vector<io::Address> members, EtcdOptions options = {});

  io::Async<Result<store::RangeResult>> range(store::KeyRange range, TimePoint deadline) override;
  io::Async<Result<store::TransactionResult>> commit(store::Transaction transaction,
                                                     TimePoint deadline) override;
  io::Async<Result<std::unique_ptr<store::Watch>>> watch(store::KeyRange range, store::Revision from,
                                                         TimePoint deadline) override;
  io::Async<Result<store::LeaseId>> grant_lease(Duration ttl, TimePoint deadline) override;
  io::Async<Result<void>> keep_alive(store::LeaseId lease, TimePoint deadline) override;
  io::Async<Result<void>> revoke_lease(store::LeaseId lease, TimePoint deadline) override;
  void use_another_member() override;

  /// Forgets the history before `revision`. kGone: it is gone already.
  io::Async<Result<void>> compact(store::Revision revision, TimePoint deadline);

  /// The member that is used now.
  const io::Address& member() { return caller_.members().address(caller_.members().current()); }

 private:
  io::Async<Result<store::RangeResult>> read_pages(store::KeyRange range, TimePoint deadline);

  Caller caller_;
  const size_t page_keys_;
  const std::string pulse_;
  TimePoint left_at_{};  // when a member was left for its silence
};

}  // namespace hancock::etcd
