// The times of a spec, also of one that is silent on them (model/spec_defaults.h), and sums of wall time that
// cannot overflow. Pure; any thread.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <algorithm>

#include "base/clock.h"
#include "hancock/spec.pb.h"
#include "model/spec_defaults.h"

namespace hancock::master {

namespace defaults = model::defaults;

inline Duration healthy_deadline(const model::UpdateSpec& update) {
  return defaults::value_or(update.has_healthy_deadline(), update.healthy_deadline(),
                            defaults::kHealthyDeadline);
}
inline Duration progress_deadline(const model::UpdateSpec& update) {
  return defaults::value_or(update.has_progress_deadline(), update.progress_deadline(),
                            defaults::kProgressDeadline);
}
inline Duration whole_deadline(const model::UpdateSpec& update) {
  return defaults::value_or(update.has_deadline(), update.deadline(), defaults::kDeadline);
}
inline Duration drain_timeout(const model::UpdateSpec& update) {
  return defaults::value_or(update.has_drain_timeout(), update.drain_timeout(), defaults::kDrainTimeout);
}
/// Three signs of life of an Agent: no Node is lost for less silence, whatever a spec says.
inline constexpr Duration kLostAfterMin = std::chrono::seconds(6);
inline Duration lost_after(const model::DisconnectSpec& disconnect) {
  return std::max<Duration>(kLostAfterMin, defaults::value_or(disconnect.has_lost_after(),
                                                              disconnect.lost_after(), defaults::kLostAfter));
}
inline bool is_replaced_when_lost(const model::DisconnectSpec& disconnect) {
  return !disconnect.has_replace() || disconnect.replace();
}

/// Specs hold durations of any length: beyond ten years is as good as never.
inline WallTime later(WallTime from, Duration by) {
  constexpr Duration kNever = std::chrono::hours(24 * 365 * 10);
  return from + std::chrono::duration_cast<std::chrono::milliseconds>(std::min(by, kNever));
}

}  // namespace hancock::master
