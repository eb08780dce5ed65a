// From a Version's spec to what gateways serve from. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>

#include "hancock/spec.pb.h"
#include "master/core/refs.h"
#include "registry/records.h"

namespace hancock::master {

/// Version -> weight.
using Split = std::map<uint32_t, uint32_t>;

/// All visitors to one Version.
inline Split all_to(uint32_t version) { return {{version, 100}}; }

/// By the entrances of `spec`, which has routes.
registry::Route route_of(const ServiceRef& service, const model::ServiceSpec& spec, const Split& split,
                         int64_t generation);

/// Some visitors may be sent to `version`.
bool is_in_split(const registry::Route& route, uint32_t version);

}  // namespace hancock::master
