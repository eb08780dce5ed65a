// Backoff: which of a Version's ended Tasks still wait to be replaced, and until when. Pure; any thread.
#pragma once

#include <vector>

#include "master/core/leader_time.h"
#include "master/core/service_view.h"

namespace hancock::master {

/// Failed by itself (or given up as hopeless), and no other has taken its place yet.
bool awaits_replacement(const State& state, const model::Task& task);

/// How many failed in a row before the one that takes the place of `failed`.
uint32_t next_attempt(const model::Task& failed);

/// When the place of `failed` may be taken: 30 s after it ended, doubling to 1 h.
WallTime replace_at(const model::Task& failed, const LeaderTime& time);

}  // namespace hancock::master
