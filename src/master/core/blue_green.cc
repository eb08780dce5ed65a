// Blue-green: all of the new ones start beside the old ones, which serve on until one switch.
#include <algorithm>

#include "master/core/strategy.h"

namespace hancock::master {

Aim aim_blue_green(const Standing& is) {
  const uint32_t to = is.deployment->to_version();
  Aim aim = aim_of_serving(is, to);
  aim.tasks[to] = std::max(aim.tasks[to], is.deployment->wanted());
  return aim;
}

}  // namespace hancock::master
