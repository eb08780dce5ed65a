#include "agent/task/task_resume.h"

#include <algorithm>
#include <utility>

namespace hancock::agent {
namespace {

/// A container of which the journal says only that it was to be started.
void note_started(TaskState& state, uint32_t attempt) {
  if (std::exchange(state.started, attempt) != 0) ++state.restarts;
  state.was_ready = false;
}

void adopt(TaskState& state, bool serves, const TaskPolicy& policy, TimePoint now) {
  state.alive = true;
  state.stop_reason.clear();
  state.retry_at = now;
  state.phase = serves ? TaskPhase::kReady : TaskPhase::kRunning;
  state.message = serves || !policy.ready ? "" : "waiting for its ready probe";
  // What served goes on serving until a probe says otherwise.
  state.healthy_since = serves ? now - policy.min_healthy_time : policy.ready ? kForever : now;
  if (policy.ready) state.ready.next = now;
  if (policy.live) state.live.next = state.was_ready ? now : now + policy.live->start_period;
}

}  // namespace

Resumed resumed(TaskState state, FoundOnNode found, const TaskPolicy& policy, TimePoint now) {
  const bool was_alive = std::exchange(state.alive, false);
  const bool serves = state.phase == TaskPhase::kReady || state.phase == TaskPhase::kDraining;
  state.work = Work::kNone;
  state.ready = state.live = {};
  state.pod = state.pod || found.pod;
  if (!found.runs && found.attempt < state.started) found.attempt = 0;  // the newest one is gone
  state.attempt = std::max(state.attempt, found.attempt);
  if (state.phase == TaskPhase::kStopping) state.intent = TaskIntent::kRelease;
  if (is_final(state.phase) || state.phase == TaskPhase::kStopping) {
    state.alive = found.runs;
    state.retry_at = now;
    return {std::move(state)};
  }
  const bool known = found.attempt == state.started;
  if (found.attempt != 0 && !known) note_started(state, found.attempt);
  if (found.runs) {
    adopt(state, serves && known && state.was_ready, policy, now);
    return {std::move(state)};
  }
  const bool ended_unseen = was_alive || (found.attempt != 0 && !known);
  state.alive = ended_unseen;
  // Its image is looked up again: it may have gone meanwhile.
  state.phase = ended_unseen ? TaskPhase::kRunning : TaskPhase::kPulling;
  return {std::move(state), ended_unseen};
}

TaskState after_reboot(TaskState state) {
  state.failures.clear();
  state.setbacks = 0;
  state.retry_at = {};
  state.was_ready = false;
  if (!is_final(state.phase) && state.phase != TaskPhase::kStopping) state.phase = TaskPhase::kAssigned;
  return state;
}

}  // namespace hancock::agent
