// What is no longer kept: Events beyond a count or an age, answers of old idempotency keys. Pure; any thread.
#pragma once

#include <optional>

#include "base/clock.h"
#include "master/core/change.h"
#include "master/core/state.h"

namespace hancock::master {

struct RetentionLimits {
  int64_t events = 10'000;  // at least this many stay, if there are as many
  Duration event_age = std::chrono::hours(24 * 30);
  size_t replies = 10'000;
  Duration reply_age = std::chrono::hours(24);
};

// Nothing goes for its age before it has it by every clock that is less than kWallErrorMax ahead.
/// Removes whole batches from the front; the newest is always kept, for its number.
std::optional<Change> trim_events(const State& state, const RetentionLimits& limits, WallTime now);
std::optional<Change> trim_replies(const State& state, const RetentionLimits& limits, WallTime now);

}  // namespace hancock::master
