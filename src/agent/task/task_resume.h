// Where a Task goes on when an Agent starts: from what the journal remembers and what the runtime has of it.
//
//   Resumed next = resumed(record.state, {.pod = true, .attempt = 3, .runs = true}, policy, now);
//
// Pure; any thread. What runs is adopted as it runs. A container that ended unseen counts once, as an exit.
#pragma once

#include "agent/task/task_logic.h"

namespace hancock::agent {

struct FoundOnNode {
  bool pod = false;      // a sandbox, a cgroup, ports: anything
  uint32_t attempt = 0;  // of the newest container that was ever started; 0: none
  bool runs = false;     // that one
};

struct Resumed {
  TaskState state;
  /// A container has ended of which nobody has told `state` yet: a ContainerExited is due.
  bool ended = false;
};

Resumed resumed(TaskState remembered, FoundOnNode found, const TaskPolicy& policy, TimePoint now);

/// The same Task after its Node was down: nothing runs, and what it failed at before counts no more.
TaskState after_reboot(TaskState remembered);

}  // namespace hancock::agent
