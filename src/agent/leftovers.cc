#include "agent/leftovers.h"

#include <algorithm>

namespace hancock::agent {

std::string_view to_string(Thing::Kind kind) {
  switch (kind) {
    case Thing::Kind::kPod:
      return "pod";
    case Thing::Kind::kSandbox:
      return "sandbox";
    case Thing::Kind::kCgroup:
      return "cgroup";
    case Thing::Kind::kLogFolder:
      return "log folder";
    case Thing::Kind::kSandboxCgroup:
      return "cgroup of sandbox";
    case Thing::Kind::kNamespace:
      return "network namespace";
    case Thing::Kind::kReservation:
      return "reserved address";
  }
  return "";
}

Duration grace_of(Thing::Kind kind) {
  switch (kind) {
    case Thing::Kind::kPod:
    case Thing::Kind::kCgroup:
      return 5s;
    case Thing::Kind::kLogFolder:
      return 1h;  // somebody may ask why the Task has ended
    case Thing::Kind::kSandbox:
    case Thing::Kind::kSandboxCgroup:
    case Thing::Kind::kNamespace:
    case Thing::Kind::kReservation:
      return 90s;  // a runtime that makes a sandbox has them before it tells of it; a call takes 60 s at most
  }
  return 0s;
}

bool is_owned(const Thing& thing, const Owners& owners) {
  switch (thing.kind) {
    case Thing::Kind::kPod:
    case Thing::Kind::kLogFolder:
      return owners.tasks.contains(thing.name);
    case Thing::Kind::kCgroup:
      return owners.tasks.contains(thing.name) || owners.pods.contains(thing.name);
    case Thing::Kind::kSandboxCgroup:
    case Thing::Kind::kReservation:
      return owners.sandboxes.contains(thing.name);
    case Thing::Kind::kSandbox:
      return owners.claimed.contains(thing.name);
    case Thing::Kind::kNamespace:
      return false;  // those that somebody lives in are not found
  }
  return true;
}

std::set<Thing> Leftovers::due(const std::map<Thing, Duration>& found, const Owners& owners, TimePoint now) {
  std::map<Thing, TimePoint> since;
  std::set<Thing> result;
  next_ = kForever;
  for (const auto& [thing, age] : found) {
    if (is_owned(thing, owners)) continue;
    const auto known = since_.find(thing);
    const TimePoint first = std::min(known == since_.end() ? now : known->second, now - age);
    since.emplace(thing, first);
    const TimePoint end = first + grace_of(thing.kind);
    if (end <= now) {
      result.insert(thing);
    } else {
      next_ = std::min(next_, end);
    }
  }
  since_ = std::move(since);
  return result;
}

}  // namespace hancock::agent
