// From a Version's spec to what gateways serve from. Pure; any thread.
#pragma once

#include <cstdint>

#include "hancock/spec.pb.h"
#include "master/core/refs.h"
#include "registry/records.h"

namespace hancock::master {

/// All visitors to `version`. `spec` has routes.
registry::Route route_of(const ServiceRef& service, const model::ServiceSpec& spec, uint32_t version,
                         int64_t generation);

/// Some visitors may be sent to `version`.
bool is_in_split(const registry::Route& route, uint32_t version);

}  // namespace hancock::master
