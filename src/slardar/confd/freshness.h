// Freshness: until when what this gateway serves is surely what the Registry says, and from when on it is too
// old for Hancock's endpoints, whose ports may be another tenant's by then (docs/registry.md, "Never to the
// wrong tenant").
//
// Written by the control thread, read by every worker before each pick; all of it is CLOCK_BOOTTIME, so that
// time in which the process or the machine stood still counts.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace hancock::slardar {

class Freshness {
 public:
  explicit Freshness(Duration max_stale) : max_stale_(max_stale) {}
  Freshness(const Freshness&) = delete;
  Freshness& operator=(const Freshness&) = delete;

  /// What every worker serves from was the Registry's at `when`.
  void known_at(TimePoint when) { stale_at_ = (when + max_stale_).time_since_epoch().count(); }
  /// … and nothing can have been decided without this gateway until then.
  void sure_until(TimePoint end) { sure_until_ = end.time_since_epoch().count(); }
  void unsure() { sure_until_ = 0; }

  TimePoint sure_until() const { return TimePoint(Duration(sure_until_)); }
  bool sure(TimePoint now) const { return now.time_since_epoch().count() < sure_until_; }
  bool stale(TimePoint now) const { return now.time_since_epoch().count() >= stale_at_; }

 private:
  const Duration max_stale_;
  std::atomic<int64_t> sure_until_ = 0;
  std::atomic<int64_t> stale_at_ = 0;
};

}  // namespace hancock::slardar
