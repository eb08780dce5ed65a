// Slow start: the share of its weight that a server has while it is new. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace hancock::slardar {

/// Of its weight, in so many parts.
inline constexpr uint32_t kWholeShare = 1'000;
/// What it begins with: it has to get something to become warm.
inline constexpr uint32_t kFirstShare = kWholeShare / 10;

/// Of a server that has been usable for `age`, and has all of it from `span` on: a straight line.
inline uint32_t share_at(Duration age, Duration span) {
  if (age >= span) return kWholeShare;
  if (age <= Duration(0)) return kFirstShare;
  const double part = static_cast<double>(age.count()) / static_cast<double>(span.count());
  return kFirstShare + static_cast<uint32_t>(part * (kWholeShare - kFirstShare));
}

}  // namespace hancock::slardar
