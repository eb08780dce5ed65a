// What of a request its server follows from, where a hash balancer chooses (docs/checkups.md). Worker's
// thread.
#pragma once

#include "slardar/balance/balancers.h"
#include "slardar/http/request.h"

namespace hancock::slardar {

/// Of a request that has its route; 0 when nothing is hashed.
uint64_t hash_key_of(const Request& request, HashBy by);

}  // namespace hancock::slardar
