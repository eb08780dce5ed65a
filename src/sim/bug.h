// Bug: a mistake that can be built into a run, one a part, to see that the invariants catch it.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace hancock::sim {

enum class Bug {
  kNone,
  kFenceIgnored,        // Store: the leader's fence is not compared
  kNodeFenceIgnored,    // Store: the Nodes' fences are not compared
  kWatchSkips,          // Store: a watch loses changes and does not say so
  kEventNumberSkipped,  // reconciler: one number in some is left out
  kDecidesTooEarly,     // reconciler: from a State that is old, with no guards
  kWallClockBelieved,   // leader's clock: time-outs by the machine's wall clock, which jumps
  kOneNodeForAll,       // placement: every Task goes to the first Node
  kPortGivenTwice,      // Agent: a port that a Task has is given to another
  kAdoptionRestarts,    // Agent: what runs is not recognised after a restart
  kStaysAfterRelease,   // Agent: a released Task is reported as stopped and runs on
  kChangeForgotten,     // gateway: a snapshot says that it has what it lacks
  kAcknowledgesEarly,   // gateway: says that it has applied what its workers have not
  kDrainingIgnored,     // gateway: sends visitors to endpoints that are draining
  kStopsBeforeBarrier,  // barrier: released at once
  kSwitchesTooEarly,    // deployment: visitors go to a Version whose first Tasks are just placed
};

struct BugName {
  Bug bug;
  std::string_view name;
};
inline constexpr std::array kBugs{
    BugName{Bug::kFenceIgnored, "fence-ignored"},
    BugName{Bug::kNodeFenceIgnored, "node-fence-ignored"},
    BugName{Bug::kWatchSkips, "watch-skips"},
    BugName{Bug::kEventNumberSkipped, "event-number-skipped"},
    BugName{Bug::kDecidesTooEarly, "decides-too-early"},
    BugName{Bug::kWallClockBelieved, "wall-clock-believed"},
    BugName{Bug::kOneNodeForAll, "one-node-for-all"},
    BugName{Bug::kPortGivenTwice, "port-given-twice"},
    BugName{Bug::kAdoptionRestarts, "adoption-restarts"},
    BugName{Bug::kStaysAfterRelease, "stays-after-release"},
    BugName{Bug::kChangeForgotten, "change-forgotten"},
    BugName{Bug::kAcknowledgesEarly, "acknowledges-early"},
    BugName{Bug::kDrainingIgnored, "draining-ignored"},
    BugName{Bug::kStopsBeforeBarrier, "stops-before-barrier"},
    BugName{Bug::kSwitchesTooEarly, "switches-too-early"},
};

inline std::optional<Bug> find_bug(std::string_view name) {
  for (const BugName& each : kBugs)
    if (each.name == name) return each.bug;
  return std::nullopt;
}

}  // namespace hancock::sim
