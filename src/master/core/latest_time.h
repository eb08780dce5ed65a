// The latest time that a leader has written into State: the next one's clock goes on from there. What Agents
// have written by clocks of their own does not count. Pure; any thread.
#pragma once

#include "base/clock.h"
#include "master/core/state.h"

namespace hancock::master {

/// The beginning of time: nothing has been written.
WallTime latest_time(const State& state);

}  // namespace hancock::master
