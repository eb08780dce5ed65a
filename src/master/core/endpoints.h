// Endpoint records from the leader's side: marked draining or ready again, and deleted once nobody is behind
// them. Pure; any thread.
#pragma once

#include <string>

#include "hancock/model.pb.h"
#include "master/core/change.h"
#include "master/core/state.h"

namespace hancock::master {

/// It has a record, readable or not.
bool has_endpoint(const State& state, const model::Task& task);
/// It has a record that gateways send visitors to.
bool is_serving(const State& state, const model::Task& task);

/// Nothing to do where there is no record or it says so already. One that cannot be read is deleted when it
/// is to drain.
void set_endpoint_state(const State& state, const model::Task& task, registry::EndpointState wanted,
                        Change& change);
void erase_endpoint(const State& state, const model::Task& task, Change& change);

}  // namespace hancock::master
