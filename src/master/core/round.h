// Round: one run of reconcile: what it decides from, and the Plan that its steps write. Lives for that run.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "master/core/reconcile.h"

namespace hancock::master {

struct Round {
  const State& state;
  const Contacts& contacts;
  const TimePoint now;
  const WallTime wall;
  Random& random;
  std::map<std::string, std::string> leaving_by{};  // Task -> the barrier that lists it
  Plan plan{};

  void add(Change change) {
    if (!change.empty()) plan.changes.push_back(std::move(change));
  }
  void look_again(TimePoint when) { plan.next = std::min(plan.next, std::max(when, now)); }
  void look_again(WallTime when) { look_again(now + std::max<Duration>(when - wall, Duration(0))); }

  Duration silence(std::string_view node) const { return now - contacts.last(node); }

  /// After a takeover nothing is started or stopped for a Node until it has reported or is disconnected.
  bool is_settled(std::string_view node) const {
    return contacts.has_reported(node) || silence(node) >= kDisconnectedAfter;
  }
};

}  // namespace hancock::master
