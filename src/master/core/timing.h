// The times of a spec with the schema's defaults (docs/spec.md: `update`, `disconnect`), and sums of
// wall time that cannot overflow. Pure; any thread.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <algorithm>

#include "base/clock.h"
#include "hancock/spec.pb.h"
#include "model/time.h"

namespace hancock::master {

inline Duration or_default(bool is_set, const google::protobuf::Duration& set, Duration otherwise) {
  return is_set ? model::from_proto(set) : otherwise;
}

inline Duration healthy_deadline(const model::UpdateSpec& update) {
  return or_default(update.has_healthy_deadline(), update.healthy_deadline(), std::chrono::minutes(2));
}
inline Duration progress_deadline(const model::UpdateSpec& update) {
  return or_default(update.has_progress_deadline(), update.progress_deadline(), std::chrono::minutes(10));
}
inline Duration whole_deadline(const model::UpdateSpec& update) {
  return or_default(update.has_deadline(), update.deadline(), std::chrono::hours(1));
}
inline Duration drain_timeout(const model::UpdateSpec& update) {
  return or_default(update.has_drain_timeout(), update.drain_timeout(), std::chrono::seconds(30));
}
/// Three signs of life of an Agent: no Node is lost for less silence, whatever a spec says.
inline constexpr Duration kLostAfterMin = std::chrono::seconds(6);
inline Duration lost_after(const model::DisconnectSpec& disconnect) {
  return std::max<Duration>(kLostAfterMin, or_default(disconnect.has_lost_after(), disconnect.lost_after(),
                                                      std::chrono::seconds(60)));
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
