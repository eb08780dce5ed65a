// Nodes: ready -> suspect -> disconnected -> lost by silence, and back; the Tasks of a silent Node are given
// up when their Service says so. A step of reconcile; pure.
#pragma once

#include "master/core/round.h"

namespace hancock::master {

/// To give Tasks up writes nodes/<node> anew in the same Change: what that Node's Agent writes late is
/// refused from then on. When all of them are given up, its incarnation grows. They may return with the Node
/// (returns.h).
void reconcile_nodes(Round& round);

}  // namespace hancock::master
