#include "master/retention.h"

#include <algorithm>

#include "master/core/leader_time.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// So long ago, also when this clock is ahead.
WallTime surely_before(WallTime now, Duration age) {
  return now - std::chrono::duration_cast<std::chrono::milliseconds>(age + kWallErrorMax);
}

}  // namespace

std::optional<Change> trim_events(const State& state, const RetentionLimits& limits, WallTime now) {
  const auto& batches = state.events();
  if (batches.empty()) return std::nullopt;
  const int64_t kept_from = state.last_event() - limits.events + 1;
  const WallTime old = surely_before(now, limits.event_age);
  const auto newest = std::prev(batches.end());
  auto keep = batches.begin();
  for (; keep != newest; ++keep) {
    const model::EventBatch& batch = keep->second.value;
    const int64_t next = std::next(keep)->first;
    const bool too_many = next <= kept_from;
    const bool too_old = batch.events().empty() || model::from_proto(batch.events().rbegin()->time()) < old;
    if (!too_many && !too_old) break;
  }
  if (keep == batches.begin()) return std::nullopt;
  Change change;
  const StateKeys& keys = state.state_keys();
  change.operations.push_back(
      store::Operation::remove(store::KeyRange{keys.event(batches.begin()->first), keys.event(keep->first)}));
  change.why = fmt::format("Events up to {} are no longer kept", keep->first - 1);
  return change;
}

std::optional<Change> trim_replies(const State& state, const RetentionLimits& limits, WallTime now) {
  const WallTime old = surely_before(now, limits.reply_age);
  std::vector<std::pair<WallTime, const std::string*>> by_age;
  for (const auto& [key, reply] : state.replies()) {
    by_age.emplace_back(model::from_proto(reply.value.created_at()), &key);
  }
  std::sort(by_age.begin(), by_age.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Change change;
  for (size_t i = 0; i < by_age.size() && change.has_room_for(1); ++i) {
    const bool too_many = by_age.size() - i > limits.replies;
    if (!too_many && by_age[i].first >= old) break;
    change.operations.push_back(store::Operation::remove(state.state_keys().idempotency(*by_age[i].second)));
  }
  if (change.empty()) return std::nullopt;
  change.why = fmt::format("{} answers to idempotency keys are no longer kept", change.operations.size());
  return change;
}

}  // namespace hancock::master
