// Presence: this gateway's record in the Registry, under a lease.
//
// Put before anything is read (docs/registry.md: presence, then load, then listen), renewed every third of
// its life, put again on what changes. When the lease is lost, announce() makes a new one. Control thread;
// one announce, keep, put, move or withdraw at a time each.
#pragma once

#include <functional>

#include "io/loop.h"
#include "io/signal.h"
#include "registry/keys.h"
#include "registry/records.h"
#include "store/store.h"

namespace hancock::slardar {

class Presence {
 public:
  static constexpr Duration kTtl = 15s;
  static constexpr Duration kCall = 3s;

  /// `may_live`: false ends the renewals, so that the lease runs out (a worker hangs), and no new one is
  /// made. `renewed`: the lease was, or is new; sure_until() has moved.
  Presence(
      io::Loop& loop, store::Store& store, std::string key, std::function<bool()> may_live,
      std::function<void()> renewed = [] {});

  /// A new lease and the record under it, as soon as `may_live` allows. Put only over what was read just
  /// before, so that one which arrives late, after a newer one, puts nothing.
  io::Async<Result<void>> announce(registry::GatewayRecord record);
  /// Renews until the lease is lost.
  io::Async<void> keep();
  /// Puts the record if it differs from the last one. kConflict: a late put of ours came between; put again.
  io::Async<Result<void>> put(registry::GatewayRecord record);
  /// The record stands under `key` from now on, whoever put one there before; from the one to the other in
  /// one transaction. kConflict: as for put(), or the lease was lost meanwhile.
  io::Async<Result<void>> move(std::string key, registry::GatewayRecord record);
  /// The same before announce().
  void set_key(std::string key) { key_ = std::move(key); }
  /// The key was seen to be gone at that revision: when that is after our last put, the lease is as good as
  /// lost.
  void gone_at(store::Revision revision);
  /// Takes the record away.
  io::Async<void> withdraw();

  /// The last record that was put, or announced.
  const registry::GatewayRecord& last() const { return last_; }
  /// Until here the lease surely lives: nothing was decided without us.
  bool in_touch() const { return loop_.now() < touch_until_; }
  TimePoint sure_until() const { return touch_until_; }
  /// When that was made sure last.
  TimePoint last_touch() const { return last_touch_; }

 private:
  io::Async<Result<void>> settle(Result<store::TransactionResult> done, std::string key,
                                 registry::GatewayRecord record);
  io::Async<void> look_again();
  void lose();
  void touched(TimePoint sent) {
    last_touch_ = sent;
    touch_until_ = sent + kTtl - 1s;
    renewed_();
  }

  io::Loop& loop_;
  store::Store& store_;
  std::string key_;
  std::function<bool()> may_live_;
  std::function<void()> renewed_;
  store::LeaseId lease_;
  registry::GatewayRecord last_;
  store::Revision last_revision_;  // mod_revision of the key as it was put or read last; 0: there is none
  TimePoint last_touch_{};
  TimePoint touch_until_{};
  bool lease_gone_ = false;  // a put found none
  io::Signal lost_;
};

}  // namespace hancock::slardar
