// What an Agent reports, as Changes. Pure; any thread.
#pragma once

#include <vector>

#include "base/clock.h"
#include "hancock/wire.pb.h"
#include "master/core/change.h"
#include "master/core/state.h"

namespace hancock::master {

/// A Node is made (state and Registry record, incarnation 1) by its first report. Its own part (site, labels,
/// address, version, boot_id, capacity, problems) counts when `full` or when it has a capacity. Tasks that
/// the Node does not own, or that have ended, are passed over. One that was given up and still runs is live
/// again, to drain until the reconciler has decided. A full report without a released Task: it has stopped;
/// without one that was given up: it will not return. Accept the report once all Changes are committed; when
/// a guard fails, ask again. None: nothing new.
std::vector<Change> apply_report(const State& state, const model::NodeReport& report, WallTime wall);

}  // namespace hancock::master
