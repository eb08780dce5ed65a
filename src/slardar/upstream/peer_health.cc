#include "slardar/upstream/peer_health.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

int64_t count_of(TimePoint time) { return time.time_since_epoch().count(); }

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::string_view kNames[] = {"unchecked", "ok", "unstable", "err"};
  return kNames[static_cast<size_t>(verdict)];
}

PeerHealth::PeerHealth(HealthChanges changes, PassiveLimits limits)
    : changes_(std::move(changes)),
      limits_(limits),
      failed_at_(std::make_unique<std::atomic<int64_t>[]>(limits.max_fails)) {}

PeerHealth::PeerHealth(const PeerHealth& before, PassiveLimits limits) : PeerHealth(before.changes_, limits) {
  verdict_ = before.verdict();
  if (limits.max_fails > 0) out_until_ = before.out_until_.load();
}

void PeerHealth::set_verdict(Verdict verdict) {
  if (verdict_.exchange(verdict) != verdict) changes_->fetch_add(1);
}

void PeerHealth::set_out(TimePoint until) {
  out_until_ = count_of(until);
  changes_->fetch_add(1);
}

// Of max_fails failures in turn the place that comes next holds the oldest.
bool PeerHealth::failed(TimePoint now) {
  if (limits_.max_fails == 0 || is_out(now)) return false;
  const uint64_t turn = turn_.fetch_add(1);
  failed_at_[turn % limits_.max_fails] = count_of(now);
  const int64_t oldest = failed_at_[(turn + 1) % limits_.max_fails];
  return oldest != 0 && oldest >= count_of(now - limits_.fail_timeout);
}

uint32_t PeerHealth::recent_failures(TimePoint now) const {
  const int64_t since = count_of(now - limits_.fail_timeout);
  const auto* const begin = failed_at_.get();
  return static_cast<uint32_t>(
      std::count_if(begin, begin + limits_.max_fails,
                    [&](const std::atomic<int64_t>& at) { return at != 0 && at >= since; }));
}

// Two that fail at the same time in two workers may each take the other for fine: then both come back.
bool UpstreamHealth::note_failure(PeerHealth& peer, TimePoint now) const {
  if (!peer.failed(now) || !is_another_fine(peer, now)) return false;
  peer.set_out(now + peer.limits().fail_timeout);
  if (is_another_fine(peer, now)) return true;
  peer.set_out(TimePoint());
  return false;
}

bool UpstreamHealth::is_another_fine(const PeerHealth& than, TimePoint now) const {
  return std::any_of(weighty.begin(), weighty.end(),
                     [&](const PeerHealthPtr& each) { return each.get() != &than && !each->is_out(now); });
}

}  // namespace hancock::slardar
