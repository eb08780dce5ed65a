// Strategies: how a Service comes from one Version to another, as the `update` of the new one says
// (docs/spec.md).
//
// What a strategy decides is an Aim: how many Tasks of each Version there are to be now, and where visitors
// go. It follows from what there is alone, so a lost Task, a new leader or a way back need nothing of their
// own. The last step is the same for all: switch.h. One .cc file a strategy. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>

#include "master/core/crowd.h"
#include "master/core/service_draft.h"

namespace hancock::master {

struct Aim {
  std::map<uint32_t, uint32_t> tasks;  // Version -> how many; of all others none
  std::map<uint32_t, uint32_t> split;  // Version -> weight; empty: as it is
};

/// What strategies decide from.
struct Standing {
  const State& state;
  const ServiceView& view;
  Crowds crowds;
  uint32_t version = 0;                           // that serves; 0: none
  uint32_t number = 0;                            // of its Tasks that are wanted
  const model::Deployment* deployment = nullptr;  // that has not switched yet, or has failed and is held

  Crowd crowd(uint32_t of) const;
  /// Of all Versions but `of`.
  uint32_t live_beside(uint32_t of) const;
  bool is_visited(uint32_t of) const;  // the route leads to it
  const model::UpdateSpec& update(uint32_t of) const;
};

struct Strategy {
  Aim (*aim)(const Standing&);
  /// The new Version may be switched to once all its Tasks are ready.
  bool (*may_switch)(const model::Deployment&);
  /// A step that is due and is the Deployment's own record alone. True: the draft is complete.
  bool (*step)(ServiceDraft&, const Standing&);
};

/// Of the Deployment; blue-green where there is nothing to replace, or the two cannot share their entrances.
const Strategy& strategy_of(const Standing& standing);

Standing standing_of(const State& state, const ServiceView& view);
Aim aim_of(const State& state, const ServiceView& view);

/// The Version that serves as it is wanted, and of others as many as it lacks: a Deployment that ended half
/// way is taken back by this. `coming`: a Version that is looked after elsewhere; 0: none.
Aim aim_of_serving(const Standing& standing, uint32_t coming = 0);
/// `wanted` Tasks of a Version that may not run beside another, nor beside what is left of itself.
uint32_t alone(const Standing& standing, uint32_t version, uint32_t wanted);
/// Visitors as the Versions of `tasks` have Tasks that serve; empty when none does.
std::map<uint32_t, uint32_t> split_by_tasks(const Standing& standing,
                                            const std::map<uint32_t, uint32_t>& tasks);

/// A Version of those that there are cannot run beside another.
bool excludes_others(const Standing& standing);
/// Each at least 1, also of a spec that is silent.
uint32_t max_surge(const model::UpdateSpec& update);
uint32_t max_parallel(const model::UpdateSpec& update);

Aim aim_blue_green(const Standing& standing);
Aim aim_recreate(const Standing& standing);
Aim aim_rolling(const Standing& standing);
Aim aim_canary(const Standing& standing);
bool step_canary(ServiceDraft& draft, const Standing& standing);

}  // namespace hancock::master
