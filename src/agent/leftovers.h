// Leftovers: what is on the Node and belongs to nobody, long enough to be removed.
//
//   std::set<Thing> due = leftovers.due(found, owned, now);       // every so often
//
// What is found is the truth of the kernel and of the runtime; what is owned follows from the Tasks that this
// Agent knows, looked at later than what was found: a thing that is about to be used is never nobody's. Pure;
// one owner.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::agent {

struct Thing {
  enum class Kind {
    kPod,            // by Task
    kSandbox,        // by its id; no container says whose it is
    kCgroup,         // by Task
    kLogFolder,      // by Task
    kSandboxCgroup,  // of its pause process, by sandbox
    kNamespace,      // a sandbox's network namespace, by its file; nobody lives in it
    kReservation,    // of an address, by sandbox
  };
  Kind kind = Kind::kPod;
  std::string name;
  friend auto operator<=>(const Thing&, const Thing&) = default;
};
std::string_view to_string(Thing::Kind kind);

/// How long a thing must have been nobody's. A leader may still name its Task, a runtime may be at work on
/// it.
Duration grace_of(Thing::Kind kind);

/// What those have who are there.
struct Owners {
  std::set<std::string> tasks = {};
  std::set<std::string> pods = {};       // Tasks that the runtime has a pod of: it goes before its cgroup
  std::set<std::string> sandboxes = {};  // all of the runtime's
  std::set<std::string> claimed = {};    // of those: made ahead and ready, or a Task's by its own word
};
bool is_owned(const Thing& thing, const Owners& owners);

class Leftovers {
 public:
  /// `found`: each thing with how long it is known to have been nobody's, whatever this object remembers.
  std::set<Thing> due(const std::map<Thing, Duration>& found, const Owners& owners, TimePoint now);
  /// When the next of those that were found becomes due; kForever: none.
  TimePoint next() const { return next_; }

 private:
  std::map<Thing, TimePoint> since_;
  TimePoint next_ = kForever;
};

}  // namespace hancock::agent
