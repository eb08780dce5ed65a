// balance: as many Tasks of each Version as are wanted: missing ones are placed, failed ones replaced after a
// back-off and elsewhere if possible, surplus ones leave. A step of reconcile for one Service; pure.
#pragma once

#include <map>
#include <string>

#include "master/core/rooms.h"
#include "master/core/service_draft.h"

namespace hancock::master {

inline constexpr Duration kBackoffFirst = std::chrono::seconds(30);
inline constexpr Duration kBackoffMax = std::chrono::hours(1);
/// A Task that was ready for as long as this starts the back-off anew when it fails.
inline constexpr Duration kHealthyRun = std::chrono::minutes(10);

/// `wanted`: by Version (strategy.h). Why not all Tasks are placed; "" when they are.
std::string balance(ServiceDraft& draft, const std::map<uint32_t, uint32_t>& wanted);

}  // namespace hancock::master
