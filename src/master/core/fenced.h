// fenced: a Change as the one transaction that a leader commits. Pure; any thread.
#pragma once

#include "base/clock.h"
#include "master/core/change.h"
#include "master/core/state_keys.h"

namespace hancock::master {

/// What the Change's Events bear: ids "<epoch>-<number>", numbers from `first` on, `wall` where they have no
/// time.
struct EventNumbers {
  int64_t epoch = 0;
  int64_t first = 1;
  WallTime wall;
};

/// `change` with `fence` among its guards, and its Events as one record that must not exist yet: numbers have
/// neither gap nor double, whatever became of an earlier transaction.
store::Transaction fenced(Change change, const StateKeys& keys, store::Compare fence,
                          const EventNumbers& numbers);

}  // namespace hancock::master
