// TaskState: all that the Agent's logic knows of one Task, and what goes in and comes out of a step.
//
// Plain values; any thread. task_logic.h moves it. Invariants, held by every step:
//  - at most one work is under way, and a container is started only when none can be alive;
//  - `alive` implies `pod`; phases ready and draining imply `alive`;
//  - intent moves forward, but for drain, which is taken back as long as the Task is not stopping; a final
//  phase
//    (stopped, failed) is never left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace hancock::agent {

/// As in docs/agent.md; `lost` is the leader's word.
enum class TaskPhase {
  kAssigned,
  kPulling,
  kStarting,
  kRunning,
  kReady,
  kDraining,
  kStopping,
  kStopped,
  kFailed
};

/// What the leader wants. Nothing leaves release.
enum class TaskIntent { kRun, kDrain, kRelease };

/// What the shell does for a Task, one at a time.
enum class Work {
  kNone,
  kPull,
  kStart,    // sandbox if there is none, then a container
  kStop,     // the container; the sandbox stays
  kPreStop,  // the spec's last command in the container
  kRemove,   // whatever is there of the Task
};

struct TaskExit {
  int32_t code = 0;    // 128 + n when signal n ended it
  int32_t signal = 0;  // 0: none
  bool oom = false;
  friend bool operator==(const TaskExit&, const TaskExit&) = default;
};

/// One probe's place in time and its last answers.
struct ProbeCount {
  TimePoint next = kForever;  // when to ask again
  bool asked = false;         // an answer is awaited
  uint32_t passes = 0;        // in a row
  uint32_t failures = 0;      // in a row
};

struct TaskState {
  TaskPhase phase = TaskPhase::kAssigned;
  TaskIntent intent = TaskIntent::kRun;
  std::string message;
  bool hopeless = false;  // nothing that the Agent can do will help

  Work work = Work::kNone;
  uint64_t work_id = 0;  // of the last one begun; answers to others are stale
  bool pod = false;      // something of the Task may exist on the Node
  bool alive = false;    // its container may run
  uint32_t attempt = 0;  // number of the last container begun
  uint32_t started = 0;  // of the last one that is known to have been started; 0: none
  uint32_t restarts = 0;

  std::vector<TimePoint> failures;  // of runs, within the policy's window
  uint32_t setbacks = 0;            // in a row, of those whom the Task needs: registry, runtime
  TimePoint retry_at{};             // no work before
  std::string stop_reason;          // why kStop was begun
  bool start_over = false;          // with a newly pulled image, once nothing runs
  TimePoint offline_at = kForever;  // when the Node will have been without contact for too long
  bool offline = false;             // it was: stopped until there is contact again
  bool pre_stopped = false;         // its pre_stop has been, well or not
  std::string pre_stop_failure;     // why it was not well

  std::optional<TaskExit> exit;  // of the last container that ended
  ProbeCount ready;
  ProbeCount live;
  TimePoint healthy_since = kForever;
  bool was_ready = false;  // this container has been
};

struct IntentChanged {
  TaskIntent intent = TaskIntent::kRun;
};
struct WorkDone {
  uint64_t id = 0;
};
/// Why a work did not succeed.
enum class Blame {
  kOthers,    // registry or runtime are down: tried again, not held against the Task
  kTask,      // counts as a failed run
  kHopeless,  // it would fail again
};
struct WorkFailed {
  uint64_t id = 0;
  Blame blame = Blame::kTask;
  std::string message;
};
struct ContainerExited {
  uint32_t attempt = 0;
  TaskExit exit;
  std::string last_words;      // the last line that it wrote, "" when there is none
  Blame blame = Blame::kTask;  // kOthers: the Node or its runtime ended it, `last_words` says how
};
/// The Version's image is another one than was pulled: a Task that has not served yet starts over with it.
struct ImageSettled {};
enum class ProbeKind { kReady, kLive };
struct Probed {
  ProbeKind kind = ProbeKind::kReady;
  uint32_t attempt = 0;
  bool passed = false;
  std::string message;  // what was seen, when it did not pass
};
/// When a Master was last heard.
struct Contact {
  TimePoint last;
};
/// Time has passed.
struct Tick {};

using Input =
    std::variant<IntentChanged, WorkDone, WorkFailed, ContainerExited, ImageSettled, Probed, Contact, Tick>;

/// What a step leads to.
struct Step {
  TaskState state;
  Work begin = Work::kNone;  // to do now, under state.work_id
  bool ask_ready = false;    // probe now, answer with state.attempt
  bool ask_live = false;
  TimePoint wake = kForever;  // a Tick is due then, if nothing comes before
};

}  // namespace hancock::agent
