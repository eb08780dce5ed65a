// What a Node is to run: the full list, for the stream to send and to compare with what it sent. Pure; any
// thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hancock/wire.pb.h"
#include "master/core/state.h"

namespace hancock::master {

/// A Task that a Node is told of, and what an Assignment says of it is made from. Points into the State.
struct Assigned {
  std::string id;
  const model::Task* task = nullptr;                // null: its record cannot be read
  const Stored<model::Version>* version = nullptr;  // null: cannot be read
};

/// All Tasks of `node` that have not ended, by id, but the undecided ones, and those that cannot be read.
std::vector<Assigned> assigned_on(const State& state, std::string_view node);
/// `spec` is not set where the Version, or the Task's own record, cannot be read: keep what runs, start
/// nothing.
model::Assignment assignment_of(const Assigned& assigned);
std::vector<model::Assignment> assignments_for(const State& state, std::string_view node);

/// Given up, or back with its Node, and not decided on: what runs of it goes on, unregistered.
bool is_undecided(const model::Task& task);
std::set<std::string> undecided_on(const State& state, std::string_view node);

}  // namespace hancock::master
