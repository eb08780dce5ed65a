// Recreate: for what cannot run twice. The old ones leave by a barrier; when the last one has ended the new
// ones start. Nobody serves in between.
#include "master/core/strategy.h"

namespace hancock::master {

Aim aim_recreate(const Standing& is) {
  const uint32_t to = is.deployment->to_version();
  Aim aim;
  aim.tasks[to] = alone(is, to, is.deployment->wanted());
  return aim;
}

}  // namespace hancock::master
