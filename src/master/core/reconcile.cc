#include "master/core/reconcile.h"

#include <fmt/format.h>

#include <utility>

#include "master/core/balance.h"
#include "master/core/barriers.h"
#include "master/core/deploy.h"
#include "master/core/freeze.h"
#include "master/core/housekeeping.h"
#include "master/core/leave.h"
#include "master/core/nodes.h"
#include "master/core/rooms.h"
#include "master/core/service_draft.h"
#include "master/core/steer.h"
#include "master/core/strategy.h"

namespace hancock::master {
namespace {

/// After a takeover a Service waits until all Nodes that run it have reported or are disconnected.
bool is_settled(Round& round, const ServiceView& view) {
  bool settled = true;
  for (const StoredTask* task : view.live) {
    if (round.is_settled(task->value.node())) continue;
    round.look_again(round.settles_at(task->value.node()));
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

void reconcile_service(Round& round, const ServiceView& view) {
  const ServiceRef& ref = view.ref;
  if (!is_settled(round, view)) return;
  if (is_unreadable(round.state, view)) {
    round.plan.waiting[ref] = "a record of it cannot be read; an operator has to mend it";
    return;
  }
  ServiceDraft draft(round, view);
  if (close_entrance(draft)) return round.add(draft.finish());
  if (view.service().removing() && view.live.empty()) return bury_service(round, view, round.claims_of(ref));
  if (!advance(draft)) {
    const Aim aim = aim_of(round.state, view);
    const std::string problem = balance(draft, aim.tasks);
    if (!problem.empty()) round.plan.waiting[ref] = problem;
    steer(draft, aim);
    note_progress(draft, aim, problem);
  }
  Change change = draft.finish();
  if (change.empty())
    tidy_service(round, view, round.claims_of(ref));
  else
    round.add(std::move(change));
}

/// Unless it is at rest: nothing is to be done, nothing is waited for, and it has not changed since.
void look_at_service(Round& round, const ServiceRef& ref, const AtRest& before) {
  const uint64_t changes = round.state.changes_of(ref);
  const auto rested = before.services.find(ref);
  if (rested != before.services.end() && rested->second.changes == changes &&
      round.now < rested->second.next) {
    round.plan.at_rest.services.insert(*rested);
    return round.look_again(rested->second.next);
  }
  const TimePoint others = std::exchange(round.plan.next, kForever);
  const size_t planned = round.plan.changes.size();
  const ServiceView view = view_of(round.state, ref);
  reconcile_service(round, view);
  tidy_endpoints_of(round, view);
  const bool is_quiet = round.plan.changes.size() == planned && !round.plan.waiting.contains(ref);
  if (is_quiet && !view.deployment)
    round.plan.at_rest.services.emplace(ref, AtRest::Since{changes, round.plan.next});
  round.plan.next = std::min(round.plan.next, others);
}

std::set<std::string> drains_of(const State& state) {
  std::set<std::string> drains;
  for (const auto& [name, node] : state.nodes())
    if (node.value.has_drain_since())
      drains.insert(fmt::format("{} {}", name, node.value.drain_deadline().seconds()));
  return drains;
}

void look_at_endpoints(Round& round, const AtRest& before) {
  constexpr Duration kEvery = std::chrono::seconds(10);
  const bool is_due = round.now >= before.endpoints_until;
  round.plan.at_rest.endpoints_until = is_due ? round.now + kEvery : before.endpoints_until;
  if (is_due) tidy_endpoints(round);
}

}  // namespace

Plan reconcile(const State& state, const Contacts& contacts, TimePoint now, WallTime wall, Random& random,
               const AtRest& at_rest) {
  Round round{state, contacts, now, wall, random};
  for (const auto& [id, barrier] : state.barriers())
    for (const std::string& task : barrier.value.tasks) round.leaving_by.emplace(task, id);
  reconcile_nodes(round);
  reconcile_sites(round);
  reconcile_barriers(round);
  round.plan.at_rest.drains = drains_of(state);
  const bool is_moved = round.plan.at_rest.drains != at_rest.drains;
  for (const auto& [ref, service] : state.services())
    look_at_service(round, ref, is_moved ? AtRest{} : at_rest);
  look_at_endpoints(round, at_rest);
  return std::move(round.plan);
}

}  // namespace hancock::master
