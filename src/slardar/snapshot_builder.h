// build_snapshot: the Registry's records as the tables that requests are routed by. A pure function.
//
// Rules (docs/registry.md): where two routes claim one host and prefix, or one TCP port, the older generation
// wins, then the smaller key; a route wins over an upstream of the host's name; the loser keeps what nobody
// else claims and is listed in `refused`. An endpoint gets no traffic when it is draining, when an open
// barrier names its Task, or when its Node's record has a higher incarnation.
#pragma once

#include "slardar/record_set.h"
#include "slardar/snapshot.h"

namespace hancock::slardar {

Snapshot build_snapshot(const RecordSet& records, store::Revision revision, uint64_t number);

}  // namespace hancock::slardar
