#include "master/core/backoff.h"

#include <algorithm>

#include "master/core/balance.h"
#include "master/core/timing.h"

namespace hancock::master {

bool awaits_replacement(const State& state, const model::Task& task) {
  if (is_live(task) || task.replaced() || task.state() == model::TASK_STATE_LOST) return false;
  if (task.intent() != model::TASK_INTENT_RUN && !task.hopeless()) return false;
  // Of an attempt that is over: nothing is in its place.
  const auto* deployment = task.deployment().empty() ? nullptr : state.deployment(task.deployment());
  return !deployment || is_running(deployment->value) ||
         deployment->value.state() == model::DEPLOYMENT_STATE_SUCCEEDED;
}

uint32_t next_attempt(const model::Task& failed) {
  const bool ran_well =
      failed.has_ready_at() &&
      model::from_proto(failed.ended_at()) - model::from_proto(failed.ready_at()) >= kHealthyRun;
  return ran_well ? 1 : failed.attempt() + 1;
}

WallTime replace_at(const model::Task& failed, const LeaderTime& time) {
  constexpr uint32_t kDoublingsMax = 7;  // 30 s << 7 is beyond the hour
  const uint32_t doublings = std::min(next_attempt(failed) - 1, kDoublingsMax);
  return time.deadline(model::from_proto(failed.ended_at()),
                       std::min<Duration>(kBackoffFirst * (1 << doublings), kBackoffMax));
}

}  // namespace hancock::master
