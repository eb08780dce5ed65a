// The life of one Task as a function: (state, what happened, now) -> (state, what to do).
//
//   Step next = step(std::move(state), WorkDone{id}, policy, now, random);
//
// Pure: no clock, no I/O; `random` is asked for jitter only. Any thread. The shell (task_runner.h) does what
// a step asks for and feeds back how it went; the property test does the same with faults.
#pragma once

#include "agent/task/task_policy.h"
#include "agent/task/task_state.h"
#include "base/random.h"

namespace hancock::agent {

Step step(TaskState state, const Input& input, const TaskPolicy& policy, TimePoint now, Random& random);

/// When a Task is to stop if no Master is heard after `contact`; kForever: never.
TimePoint offline_at(const TaskPolicy& policy, TimePoint contact);

/// What is to stand in the Registry for a Task.
enum class EndpointWish { kAbsent, kReady, kKeep };
EndpointWish endpoint_wish(const TaskState& state);

/// Stopped or failed: never left again.
bool is_final(TaskPhase phase);
/// Ended for good, with nothing left on the Node.
bool is_over(const TaskState& state);

/// Before the `count`th retry in a row (1...): `first` doubled each time up to `longest`, give or take a
/// fifth.
Duration backoff(uint32_t count, Duration first, Duration longest, Random& random);

}  // namespace hancock::agent
