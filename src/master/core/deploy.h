// Deployments: the new Version's Tasks start as its strategy says (strategy.h); when all are ready, one
// Change sends all visitors to them; when every gateway has followed and the old Tasks carry nothing more,
// those stop.
//
//   pull -> start -> ready -> switch -> drain -> stop -> succeeded
//     \________\________\________\__ failed, or rolled_back to the Version that served before
//
// A step of reconcile for one Service; pure. The Tasks themselves are balance's (balance.h).
#pragma once

#include <string>

#include "master/core/service_draft.h"
#include "master/core/strategy.h"

namespace hancock::master {

/// Takes the Deployment's next step if one is due. True: the draft is complete, nothing else belongs into it.
bool advance(ServiceDraft& draft);

/// Before the switch: notes how far it is. `problem` is balance's.
void note_progress(ServiceDraft& draft, const Aim& aim, const std::string& problem);

}  // namespace hancock::master
