// Entrances as Services hold them: whose each one is, and how one is taken. Pure; any thread.
#pragma once

#include <string>

#include "hancock/spec.pb.h"
#include "master/core/change.h"
#include "master/core/state.h"

namespace hancock::master {

/// Why `service` may not have `claim`, in words that go on from the entrance's value: "belongs to service
/// shop/api"; "": it may.
std::string other_owner(const State& state, const ServiceRef& service, const std::string& claim);

/// All entrances of `spec` are `service`'s once `change` is made; those that it has must still be there.
void claim_entrances(const State& state, const ServiceRef& service, const model::ServiceSpec& spec,
                     Change& change);

}  // namespace hancock::master
