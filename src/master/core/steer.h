// steer: visitors go where a Service's Aim says, in the Change that moves its Tasks. A step of reconcile for
// one Service; pure.
#pragma once

#include <vector>

#include "master/core/service_draft.h"
#include "master/core/strategy.h"

namespace hancock::master {

/// By the entrances of the Version that serves.
void steer(ServiceDraft& draft, const Aim& aim);

/// The Tasks that visitors are sent to must still be there when the Change is made.
void guard_endpoints(ServiceDraft& draft, const std::vector<const StoredTask*>& tasks);

}  // namespace hancock::master
