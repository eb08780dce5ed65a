// What a Node is to run: the full list, for the stream to send and to compare with what it sent. Pure; any
// thread.
#pragma once

#include <string_view>
#include <vector>

#include "hancock/wire.pb.h"
#include "master/state.h"

namespace hancock::master {

/// All Tasks of `node` that have not ended, by id. `spec` is not set where the Version cannot be read: keep
/// what runs, start nothing.
std::vector<model::Assignment> assignments_for(const State& state, std::string_view node);

}  // namespace hancock::master
