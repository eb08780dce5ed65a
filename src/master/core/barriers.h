// Barriers: how Tasks leave. DRAIN -> every gateway has let go (acknowledged) -> nothing in flight, or
// drain_timeout -> RELEASE. A step of reconcile; pure. The contract is docs/registry.md.
#pragma once

#include <set>
#include <string>

#include "master/core/round.h"
#include "registry/records.h"

namespace hancock::master {

struct BarrierProgress {
  bool is_acknowledged = false;
  std::string refused;  // "gateway gw-1 refuses routes/…: why"; then it is not acknowledged either
  std::string waiting;  // "gateway gw-1 has not applied it yet"
};

/// What the gateways say of the barrier, with the records that stand or fall with it: the routes of its
/// Tasks' Services and `service`'s, its own, its Tasks' endpoints. A refusal counts from a gateway that has
/// applied it.
BarrierProgress progress_of(const State& state, const Registered<registry::Barrier>& barrier,
                            const ServiceRef* service = nullptr);

/// Over all gateways.
uint64_t in_flight(const State& state, std::string_view task);

/// Barriers of a running Deployment's switch wait for that Deployment to note the acknowledgement.
void reconcile_barriers(Round& round);

}  // namespace hancock::master
