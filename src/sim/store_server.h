// StoreServer: the cluster's store: the real store::KeySpace behind the simulated network.
//
// Calls may be lost on the way there or back, so that a caller who hears nothing does not know; late ones
// come true late. Watches bring whole revisions in order, but late; break; and find history compacted. One
// thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/network.h"
#include "store/key_space.h"

namespace hancock::sim {

/// One change as it was committed: what the invariants look at.
struct Commit {
  const store::WatchBatch& batch;
  const Party* writer;  // nullptr: a lease has ended
  int64_t term;         // of the leader that the writer takes itself for; 0: none
};

class StoreServer {
 public:
  static constexpr Duration kCallTimeout = 5s;

  class Watch;
  using OnBatch = std::function<void(const store::WatchBatch&)>;
  using OnEnd = std::function<void()>;

  StoreServer(Ground& ground, Network& network);

  Party& party() { return party_; }
  const store::KeySpace& space() const { return space_; }
  /// Called in the same step.
  void on_commit(std::function<void(const Commit&)> callback) { on_commit_ = std::move(callback); }

  void commit(Party& from, store::Transaction transaction, Done<store::TransactionResult> done,
              int64_t term = 0);
  void range(Party& from, store::KeyRange range, Done<store::RangeResult> done);
  void grant_lease(Party& from, Duration ttl, Done<store::LeaseId> done);
  void keep_alive(Party& from, store::LeaseId lease, Done<bool> done);

  /// Changes in `range` from `first` on, for this life of `from`. `end`: open a new one. Ends with its
  /// handle.
  std::shared_ptr<Watch> watch(Party& from, store::KeyRange range, store::Revision first, OnBatch batch,
                               OnEnd end);

  // What goes wrong.
  void compact();
  void break_watches();

 private:
  bool is_passed_over(const std::string& key) const;
  Result<store::TransactionResult> execute(store::Transaction transaction, const Party* from, int64_t term);
  void changed(store::Revision before, const Party* writer, int64_t term);
  void expire_leases();
  void wait_for_expiry();
  void pump(const std::shared_ptr<Watch>& watch);
  void deliver(const std::shared_ptr<Watch>& watch);

  Ground& ground_;
  Network& network_;
  Party party_;
  store::KeySpace space_;
  std::function<void(const Commit&)> on_commit_;
  std::vector<std::weak_ptr<Watch>> watches_;
  TimePoint expiry_ = kForever;
};

}  // namespace hancock::sim
