#include "slardar/routing/limits.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

constexpr int64_t kSkewNs = 1'000'000'000;  // workers' times differ: each has its loop's

}  // namespace

bool LimitState::enter(uint32_t max) {
  uint32_t now = in_flight_.load(std::memory_order_relaxed);
  do {
    if (max > 0 && now >= max) return false;
  } while (!in_flight_.compare_exchange_weak(now, now + 1, std::memory_order_relaxed));
  return true;
}

Duration LimitState::take(const Limits& limits, TimePoint now) {
  const int64_t now_ns = now.time_since_epoch().count();
  const int64_t step_ns = std::max<int64_t>(1, 1'000'000'000 / limits.rate);
  const int64_t depth_ns = step_ns * (limits.burst > 0 ? limits.burst : limits.rate);
  int64_t due_ns = due_ns_.load(std::memory_order_relaxed);
  // These limits never come so far ahead: others did, before the route was changed.
  const int64_t latest_ns = now_ns + depth_ns;
  if (due_ns > latest_ns + kSkewNs && due_ns_.compare_exchange_strong(due_ns, latest_ns)) due_ns = latest_ns;
  int64_t next_ns = 0;
  do {
    next_ns = std::max(due_ns, now_ns) + step_ns;
    if (next_ns - now_ns > depth_ns) return Duration(next_ns - now_ns - depth_ns);
  } while (!due_ns_.compare_exchange_weak(due_ns, next_ns, std::memory_order_relaxed));
  return Duration::zero();
}

Admission Admission::ask(const Limits& limits, const std::shared_ptr<LimitState>& state, TimePoint now) {
  Admission admission;
  if (!state) return admission;
  if (!state->enter(limits.in_flight)) {
    admission.retry_after_ = 1s;
    return admission;
  }
  admission.held_ = state;
  if (limits.rate == 0) return admission;
  admission.retry_after_ = state->take(limits, now);
  if (!admission) std::exchange(admission.held_, nullptr)->leave();
  return admission;
}

}  // namespace hancock::slardar
