// place: on which Nodes the next Tasks of one Version go, and for those that do not fit, why.
//
//   open -> site -> labels -> max_per_node -> fits (CPU, memory, pids, Tasks)        per Node: may it?
//   fewest failures -> spread -> most room left -> chance                            which of those first?
//
// Pure: the same rooms, want and Random give the same answer. A heap a group of Nodes, so that many Tasks on
// many Nodes cost their logarithm each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "hancock/spec.pb.h"
#include "master/core/rooms.h"

namespace hancock::master {

using CountByNode = std::map<std::string, uint32_t, std::less<>>;

struct Want {
  const model::ServiceSpec& spec;
  size_t count = 1;
  CountByNode running;  // Tasks of the Version that are there already
  CountByNode failed;   // and that failed there: other Nodes first
};

struct Placement {
  std::vector<std::string> nodes;  // one a Task, at most `count`
  std::vector<std::string>
      because;  // of each: "of 3 nodes: 2 free, 1 not ready; the fewest Tasks of it (0), …"
  /// "3 nodes: 1 not ready, 2 lack memory (want 64Mi, free 10Mi)"; "" when all have found a place.
  std::string problem;
};

/// Takes what it places out of `rooms`.
Placement place(Rooms& rooms, const Want& want, Random& random);

}  // namespace hancock::master
