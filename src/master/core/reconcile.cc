#include "master/core/reconcile.h"

#include <utility>

#include "master/core/balance.h"
#include "master/core/barriers.h"
#include "master/core/deploy.h"
#include "master/core/housekeeping.h"
#include "master/core/leave.h"
#include "master/core/nodes.h"
#include "master/core/rooms.h"
#include "master/core/service_draft.h"

namespace hancock::master {
namespace {

/// After a takeover a Service waits until all Nodes that run it have reported or are disconnected.
bool is_settled(Round& round, const ServiceView& view) {
  bool settled = true;
  for (const StoredTask* task : view.live) {
    if (round.is_settled(task->value.node())) continue;
    round.look_again(round.contacts.since() + kDisconnectedAfter);
    settled = false;
  }
  if (!settled) round.plan.waiting[view.ref] = "nodes have yet to report to the new leader";
  return settled;
}

/// Records that decisions rest on and that cannot be read: everything stays as it is.
bool is_unreadable(const State& state, const ServiceView& view) {
  const model::Service& service = view.service();
  return (!service.deployment().empty() &&
          state.is_unreadable(state.state_keys().deployment(service.deployment()))) ||
         (service.version() != 0 && !service.removing() &&
          state.is_unreadable(state.state_keys().version({view.ref, service.version()})));
}

/// Nothing is to be reached by it any more: the route goes, and by one barrier all Tasks that it led to.
bool close_entrance(ServiceDraft& draft) {
  const ServiceView& view = draft.view();
  const model::Service& service = view.service();
  const bool has_route = view.route || view.is_route_unreadable;
  const bool is_over = service.removing() || (service.version() == 0 && !view.deployment);
  if (!has_route || !is_over) return false;
  std::vector<const StoredTask*> staying;
  for (const StoredTask* task : view.live)
    if (is_staying(task->value)) staying.push_back(task);
  Leave leave(draft);
  leave.open_barrier(staying);
  draft.erase_route();
  for (const StoredTask* task : staying)
    if (!leave.take_out(*task)) break;
  leave.close();
  draft.because("its entrances are closed");
  return true;
}

void reconcile_service(Round& round, Rooms& rooms, const ServiceRef& ref,
                       const std::set<std::string>& claims) {
  const ServiceView view = view_of(round.state, ref);
  if (!is_settled(round, view)) return;
  if (is_unreadable(round.state, view)) {
    round.plan.waiting[ref] = "a record of it cannot be read; an operator has to mend it";
    return;
  }
  ServiceDraft draft(round, view);
  if (close_entrance(draft)) return round.add(draft.finish());
  if (view.service().removing() && view.live.empty()) return bury_service(round, view, claims);
  if (!advance(draft)) {
    const std::string problem = balance(draft, rooms);
    if (!problem.empty()) round.plan.waiting[ref] = problem;
    note_progress(draft, problem);
  }
  Change change = draft.finish();
  if (change.empty())
    tidy_service(round, view, claims);
  else
    round.add(std::move(change));
}

}  // namespace

Plan reconcile(const State& state, const Contacts& contacts, TimePoint now, WallTime wall, Random& random) {
  Round round{state, contacts, now, wall, random};
  for (const auto& [id, barrier] : state.barriers())
    for (const std::string& task : barrier.value.tasks) round.leaving_by.emplace(task, id);
  reconcile_nodes(round);
  reconcile_barriers(round);
  Rooms rooms = rooms_of(state, contacts, now);
  ClaimsByService claims = claims_by_service(state);
  for (const auto& [ref, service] : state.services()) reconcile_service(round, rooms, ref, claims[ref]);
  tidy_endpoints(round);
  return std::move(round.plan);
}

}  // namespace hancock::master
