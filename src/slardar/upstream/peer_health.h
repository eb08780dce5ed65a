// PeerHealth, UpstreamHealth: what the whole process knows of an upstream's servers: what active checks
// found, and what failed requests came to.
//
// Verdicts are written by the control thread, failures by the workers, all is read anywhere, without a lock.
// The SnapshotBuilder makes them and keeps each as long as its upstream lists the server, so that they
// survive swaps; the Snapshot holds them. `changes` grows with every change: who has looked at all and sees
// the same number again need not look, but that a time out ends says nobody (PeerHealth::out_until).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace hancock::slardar {

/// What the active checks say of a server. Only kErr takes it out.
enum class Verdict : uint8_t {
  kUnchecked,
  kOk,
  kUnstable,  // bad, but still used
  kErr,
};
/// "unchecked", "ok", "unstable", "err".
std::string_view to_string(Verdict verdict);

/// So many failed requests within so long take a server out, for as long.
struct PassiveLimits {
  uint32_t max_fails = 0;  // 0: none do
  std::chrono::milliseconds fail_timeout{10'000};
  friend bool operator==(const PassiveLimits&, const PassiveLimits&) = default;
};

using HealthChanges = std::shared_ptr<std::atomic<uint64_t>>;

/// One server of one upstream, at whichever of its levels.
class PeerHealth {
 public:
  PeerHealth(HealthChanges changes, PassiveLimits limits);
  /// The same server under other limits: its verdict and its time out go on, failures are counted anew.
  PeerHealth(const PeerHealth& before, PassiveLimits limits);
  PeerHealth& operator=(const PeerHealth&) = delete;

  const PassiveLimits& limits() const { return limits_; }
  Verdict verdict() const { return verdict_.load(std::memory_order_relaxed); }
  void set_verdict(Verdict verdict);

  /// It has failed too often, and gets nothing until then. TimePoint(): it never did.
  TimePoint out_until() const { return TimePoint(Duration(out_until_.load(std::memory_order_relaxed))); }
  bool is_out(TimePoint now) const { return now < out_until(); }
  /// Passively fine, and no check says otherwise.
  bool is_usable(TimePoint now) const { return verdict() != Verdict::kErr && !is_out(now); }
  /// Failed requests within fail_timeout before now; at most max_fails.
  uint32_t recent_failures(TimePoint now) const;

 private:
  friend struct UpstreamHealth;
  /// True: that is the limit.
  bool failed(TimePoint now);
  void set_out(TimePoint until);

  const HealthChanges changes_;
  const PassiveLimits limits_;
  std::atomic<Verdict> verdict_{Verdict::kUnchecked};
  std::atomic<int64_t> out_until_{0};
  std::atomic<uint64_t> turn_{0};
  std::unique_ptr<std::atomic<int64_t>[]> failed_at_;  // the last max_fails failures, in turn; 0: none yet
};
using PeerHealthPtr = std::shared_ptr<PeerHealth>;

/// The list is immutable, what it leads to is not. The same object from snapshot to snapshot while the list
/// stays the same.
struct UpstreamHealth {
  HealthChanges changes = std::make_shared<std::atomic<uint64_t>>(0);
  std::vector<std::vector<PeerHealthPtr>> levels;  // as Upstream::levels; draining servers have none
  std::vector<PeerHealthPtr> weighty;              // of them, those that get traffic at all

  uint64_t change() const { return changes->load(std::memory_order_acquire); }
  /// A request has failed on that one of its servers. True: it is out now, which needs another one that gets
  /// traffic and is not out; what checks say of that one is of no account.
  bool note_failure(PeerHealth& peer, TimePoint now) const;

 private:
  bool is_another_fine(const PeerHealth& than, TimePoint now) const;
};
using UpstreamHealthPtr = std::shared_ptr<const UpstreamHealth>;

}  // namespace hancock::slardar
