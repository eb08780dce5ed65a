#include "agent/task/task_logic.h"

#include <algorithm>
#include <utility>

#include "agent/task/task_machine.h"

namespace hancock::agent {

Step step(TaskState state, const Input& input, const TaskPolicy& policy, TimePoint now, Random& random) {
  TaskMachine machine(std::move(state), policy, now, random);
  std::visit([&](const auto& what) { machine.take(what); }, input);
  return machine.advance();
}

TimePoint offline_at(const TaskPolicy& policy, TimePoint contact) {
  if (!policy.stop_after || *policy.stop_after >= kForever - contact) return kForever;
  return contact + *policy.stop_after;
}

EndpointWish endpoint_wish(const TaskState& state) {
  if (state.phase == TaskPhase::kReady && state.intent == TaskIntent::kRun) return EndpointWish::kReady;
  if (state.phase == TaskPhase::kDraining) return EndpointWish::kKeep;
  return EndpointWish::kAbsent;
}

bool is_final(TaskPhase phase) { return phase == TaskPhase::kStopped || phase == TaskPhase::kFailed; }

bool is_over(const TaskState& state) {
  return is_final(state.phase) && !state.pod && state.work == Work::kNone;
}

Duration backoff(uint32_t count, Duration first, Duration longest, Random& random) {
  Duration wait = std::min(first, longest);
  for (uint32_t i = 1; i < count && wait < longest; ++i) wait = std::min(wait * 2, longest);
  const auto fifth = static_cast<uint64_t>(wait.count() / 5);
  return wait - Duration(fifth) + Duration(static_cast<int64_t>(random.below(2 * fifth + 1)));
}

}  // namespace hancock::agent
