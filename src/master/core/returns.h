// Returns: who stays when a Node is back with a Task that was given up, and who holds a place for one that
// may come back. Pure; any thread.
//
//   lost, may_return --(a report of its Node names it)--> live again, to drain --> adopted, or let go
//
// Until that is decided it is not assigned, but listed as undecided (assignments.h): what runs of it goes on,
// unregistered, so that nobody serves twice.
#pragma once

#include "master/core/round.h"
#include "master/core/service_view.h"

namespace hancock::master {

/// The one that stays in the place of `task`; nullptr when there is none.
const StoredTask* replacement_of(const ServiceView& view, const model::Task& task);

/// A Task that is back stays as it runs: another one of its Version is wanted, or its Service keeps the
/// original and its replacement stays.
bool keeps_its_place(const State& state, const ServiceView& view, const model::Task& task, bool has_room);

/// It stands in for a Task that is back and is kept: it leaves as soon as that one serves. `until`: how long
/// an original that does not serve yet is waited for.
bool is_outdone(const Round& round, const ServiceView& view, const model::Task& task);
WallTime until(const Round& round, const model::Task& returned);

/// Lost, and by its Service's spec nobody takes its place as long as it may come back.
bool holds_its_place(const State& state, const model::Task& task);

}  // namespace hancock::master
