// Limits of a route: requests in flight and a rate, kept by every worker of the process together.
//
// The one thing on the request path that workers share: two atomics a route, of routes that have limits. They
// belong to the route's place, are handed from snapshot to snapshot with it, and outlive it in whoever holds
// an Admission. Both limits are exact within a process: the number in flight is never above, and the rate is
// a token bucket as GCRA (ITU-T I.371): one time from which on the next request conforms. Any thread.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/clock.h"

namespace hancock::slardar {

/// 0: none.
struct Limits {
  uint32_t in_flight = 0;
  uint32_t rate = 0;   // a second
  uint32_t burst = 0;  // so many at once; 0: as many as in one second
  bool any() const { return in_flight > 0 || rate > 0; }
  friend bool operator==(const Limits&, const Limits&) = default;
};

class LimitState {
 public:
  /// False: as many as may be are in flight.
  bool enter(uint32_t max);
  void leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  /// Takes a token. Else: how long until there is one.
  Duration take(const Limits& limits, TimePoint now);

 private:
  alignas(64) std::atomic<uint32_t> in_flight_{0};
  std::atomic<int64_t> due_ns_{0};  // when the bucket would be full again
};

/// One request that was let in, until it is destroyed; or why it was not.
class Admission {
 public:
  Admission() = default;
  Admission(Admission&& other) noexcept { swap(other); }
  Admission& operator=(Admission&& other) noexcept {
    Admission gone(std::move(other));
    swap(gone);
    return *this;
  }
  ~Admission() {
    if (held_) held_->leave();
  }

  static Admission ask(const Limits& limits, const std::shared_ptr<LimitState>& state, TimePoint now);

  explicit operator bool() const { return retry_after_ == Duration::zero(); }
  /// When to come again; 0 when it was let in.
  Duration retry_after() const { return retry_after_; }

 private:
  void swap(Admission& other) {
    std::swap(held_, other.held_);
    std::swap(retry_after_, other.retry_after_);
  }
  std::shared_ptr<LimitState> held_;
  Duration retry_after_{0};
};

}  // namespace hancock::slardar
