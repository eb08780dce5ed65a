// Accidents: what goes wrong in a run, and when: processes killed and paused, Nodes without power or network,
// watches broken, containers that crash or hang. Each heals by itself after a while. One thread.
#pragma once

#include "base/clock.h"

namespace hancock::sim {

class World;

/// `count` of them, at random moments of the next `span`.
void plan_accidents(World& world, uint64_t count, Duration span);
/// Everything is up and joined again.
void heal_everything(World& world);

}  // namespace hancock::sim
