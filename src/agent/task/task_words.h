// What people read of a Task: its phase, how a container ended, spans of time. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/task/task_policy.h"
#include "agent/task/task_state.h"

namespace hancock::agent {

/// The longest text that comes into a Task's message from outside: runtimes and registries write pages.
inline constexpr size_t kTextBytesMax = 400;

/// "exit code 3: <its last words>".
std::string describe(const ContainerExited& end, const TaskPolicy& policy);
/// To a whole second, or a tenth below one.
std::string shorten(Duration span);
/// At most kTextBytesMax bytes, never half a character; what is cut off ends in "…".
std::string clip(std::string_view text);

/// "ready"; and back, nullopt when it is no phase.
std::string_view to_string(TaskPhase phase);
std::optional<TaskPhase> phase_of(std::string_view name);

}  // namespace hancock::agent
