// Rolling: a batch of new ones starts; when all of it are ready as many old ones leave, and the next batch
// starts when those have ended. Visitors go to both Versions meanwhile, as each has Tasks.
//
// Never more live ones than wanted and max_surge, never fewer that serve than before; the last batch is the
// switch.
#include <algorithm>

#include "master/core/strategy.h"

namespace hancock::master {
namespace {

/// How many old ones stay when a whole number of batches is ready.
uint32_t old_ones(const Standing& is, uint32_t ready, uint32_t batch) {
  if (ready >= is.deployment->wanted()) return 0;
  return less(is.number, ready / batch * batch);
}

}  // namespace

Aim aim_rolling(const Standing& is) {
  const uint32_t to = is.deployment->to_version();
  const uint32_t wanted = is.deployment->wanted();
  const model::UpdateSpec& update = is.update(to);
  const uint32_t batch = std::min(max_surge(update), max_parallel(update));
  const uint32_t limit = std::max(wanted, is.number) + max_surge(update);
  const Crowd fresh = is.crowd(to);
  Aim aim;
  const uint32_t next = (fresh.serving / batch + 1) * batch;
  const uint32_t room = less(limit, is.live_beside(to) + fresh.leaving);
  aim.tasks[to] = std::min(wanted, std::max(fresh.staying, std::min(next, room)));

  // Of the Version that serves first; of others, of a Deployment before, what is lacking then.
  uint32_t kept = old_ones(is, fresh.serving, batch);
  uint32_t others = 0;
  for (const auto& [version, crowd] : is.crowds)
    if (version != to && version != is.version && is.is_visited(version)) others += crowd.serving;
  const Crowd own = is.crowd(is.version);
  const uint32_t own_room = less(limit, is.live_beside(is.version) + own.leaving);
  const uint32_t own_wanted = std::max(std::min(kept, own.staying), less(kept, others));
  aim.tasks[is.version] = std::min(own_wanted, std::max(own.staying, own_room));
  kept = less(kept, own.serving);
  for (const auto& [version, crowd] : is.crowds) {
    if (version == to || version == is.version || !is.is_visited(version)) continue;
    aim.tasks[version] = std::min(crowd.serving, kept);
    kept -= aim.tasks[version];
  }
  aim.split = split_by_tasks(is, aim.tasks);
  return aim;
}

}  // namespace hancock::master
