// Trust: what a worker asks before each pick: may its present snapshot be believed?
//
//   if (!trust.holds(route)) {
//     const bool usable = co_await trust.settle();   // false: too old, answer `stale`
//   }
//
// When the gateway is out of touch, or the process has just gone on after a pause, picks wait once for up to
// kResync until it is sure again; after that what is known is served on, until it is too old. Routes of an
// operator's upstream need none of it. Worker's thread only.
#pragma once

#include "io/async.h"
#include "io/loop.h"
#include "slardar/confd/freshness.h"
#include "slardar/routing/snapshot.h"

namespace hancock::slardar {

class Trust {
 public:
  static constexpr Duration kResync = 1s;

  Trust(io::Loop& loop, const Freshness& freshness) : loop_(loop), freshness_(freshness) {}

  bool holds(const Route& route) const { return route.tenant.empty() || freshness_.sure(BootClock::now()); }
  /// Waits until it is sure again, at most until this doubt is kResync old. False: too old to be used.
  io::Async<bool> settle();

 private:
  static constexpr Duration kLook = 10ms;
  io::Loop& loop_;
  const Freshness& freshness_;
  TimePoint doubted_ = TimePoint::max();  // the end of sureness that was waited after; one wait for each
  TimePoint give_up_{};                   // the end of that wait
};

}  // namespace hancock::slardar
