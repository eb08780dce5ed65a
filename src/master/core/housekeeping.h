// Housekeeping: what is kept and what goes. Steps of reconcile; pure.
#pragma once

#include <set>
#include <string>

#include "master/core/round.h"
#include "master/core/service_view.h"

namespace hancock::master {

inline constexpr size_t kEndedTasksMax = 20;  // of each Service
inline constexpr Duration kEndedTaskAge = std::chrono::hours(24);
inline constexpr size_t kEndedDeploymentsMax = 10;  // of each Service

/// Old Tasks, Deployments and Versions, and entrances that no Version asks for any more. True: there was
/// some.
bool tidy_service(Round& round, const ServiceView& view, const std::set<std::string>& claims);

/// A removed Service without Tasks: all that is left of it, and of its App if it was the last one.
void bury_service(Round& round, const ServiceView& view, const std::set<std::string>& claims);

/// Endpoints with nobody behind them: those of a Service's ended Tasks, and all others.
void tidy_endpoints_of(Round& round, const ServiceView& view);
void tidy_endpoints(Round& round);

}  // namespace hancock::master
