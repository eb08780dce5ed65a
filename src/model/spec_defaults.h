// What a spec that is silent on a matter means (docs/spec.md). The loader fills it in; who reads a Version
// that is older than a key, or has none to read, takes the same. Values only; any thread.
#pragma once

#include <google/protobuf/duration.pb.h>

#include "base/clock.h"
#include "model/time.h"

namespace hancock::model::defaults {

// update
inline constexpr Duration kMinHealthyTime = 5s;
inline constexpr Duration kHealthyDeadline = 2min;
inline constexpr Duration kProgressDeadline = 10min;
inline constexpr Duration kDeadline = 1h;
inline constexpr Duration kDrainTimeout = 30s;
inline constexpr Duration kKillTimeout = 10s;
inline constexpr uint32_t kMaxParallel = 1;
inline constexpr uint32_t kMaxSurge = 1;
inline constexpr uint32_t kCanary = 1;
inline constexpr Duration kStep = 1min;
inline constexpr double kMax5xxPercent = 1;
inline constexpr double kMaxP99Ratio = 1.5;
inline constexpr uint32_t kMinRequests = 100;

// restart
inline constexpr Duration kBackoff = 1s;
inline constexpr Duration kMaxBackoff = 60s;
inline constexpr uint32_t kAttempts = 5;
inline constexpr Duration kWithin = 10min;

// probes.ready, probes.live
inline constexpr Duration kInterval = 2s;
inline constexpr Duration kTimeout = 1s;
inline constexpr uint32_t kRise = 2;
inline constexpr uint32_t kFall = 3;
inline constexpr Duration kStartPeriod = 30s;

// disconnect
inline constexpr Duration kLostAfter = 60s;

/// `set` where the spec has it.
inline Duration value_or(bool is_set, const google::protobuf::Duration& set, Duration otherwise) {
  return is_set ? from_proto(set) : otherwise;
}

}  // namespace hancock::model::defaults
