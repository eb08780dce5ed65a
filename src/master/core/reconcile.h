// reconcile: compares what is wanted with what is, and says what to change and when to look again.
//
//   nodes -> sites -> barriers -> services (deployment, number of Tasks) -> housekeeping        each: State
//   -> Changes
//
// Pure and level-triggered: no step depends on having seen an event. At most one Change a Service, Node and
// barrier a round: commit them in order, each on its own (a guard that fails is nobody's loss), wait until
// State has caught up, and ask again until `changes` is empty. With what the last round left at rest, a round
// costs what has changed, not what there is.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "master/core/change.h"
#include "master/core/contacts.h"
#include "master/core/state.h"

namespace hancock::master {

/// What a round may pass over because the last one found nothing to do there: the Services of which nothing
/// has changed since, before they asked to be looked at again; endpoints until the next look at all of them.
struct AtRest {
  struct Since {
    uint64_t changes = 0;  // State::changes_of
    TimePoint next;
  };
  std::map<ServiceRef, Since> services;
  std::set<std::string> drains;  // Nodes that are emptied; all is looked at anew when they change
  TimePoint endpoints_until{};
};

struct Plan {
  std::vector<Change> changes;
  TimePoint next = kForever;  // look again then, even if nothing changes
  /// What each Service that is not where it should be waits for: "2 of 3 Tasks placed; 3 nodes: 1 not ready,
  /// …".
  std::map<ServiceRef, std::string> waiting;
  AtRest at_rest;  // for the next round of the same reign
};

Plan reconcile(const State& state, const Contacts& contacts, TimePoint now, WallTime wall, Random& random,
               const AtRest& at_rest = {});

}  // namespace hancock::master
