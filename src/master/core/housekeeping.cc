#include "master/core/housekeeping.h"

#include <fmt/format.h>

#include <algorithm>

#include "master/core/backoff.h"
#include "master/core/claims.h"
#include "master/core/endpoints.h"
#include "master/core/events.h"
#include "master/core/returns.h"
#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {
namespace {

WallTime ended_at(const model::Task& task) { return model::from_proto(task.ended_at()); }

/// Its place is still open, so its end is not history yet.
bool still_matters(const Round& round, const ServiceView& view, const model::Task& task) {
  if (holds_its_place(round.state, task)) return true;
  if (task.version() != view.service().version() && !view.deployment) return false;
  return awaits_replacement(round.state, task) && replace_at(task, round.time()) > round.wall;
}

void tidy_tasks(Round& round, const ServiceView& view, Change& change) {
  std::vector<const StoredTask*> ended = view.ended;
  std::sort(ended.begin(), ended.end(), [](const StoredTask* a, const StoredTask* b) {
    return std::pair(ended_at(a->value), a->value.id()) > std::pair(ended_at(b->value), b->value.id());
  });
  size_t kept = 0;
  for (const StoredTask* task : ended) {
    const WallTime old_at = round.deadline(ended_at(task->value), kEndedTaskAge);
    const bool is_kept = ((kept < kEndedTasksMax || task->value.may_return()) && round.wall < old_at) ||
                         still_matters(round, view, task->value);
    if (is_kept) {
      ++kept;
      if (round.wall < old_at) round.look_again(old_at);
    } else if (change.has_room_for(1)) {
      change.erase(round.state.state_keys().task(task->value.id()), task->revision);
    }
  }
}

void tidy_deployments(Round& round, const ServiceView& view, Change& change) {
  std::vector<const Stored<model::Deployment>*> ended;
  for (const std::string& id : round.state.deployments_of(view.ref)) {
    const auto* deployment = round.state.deployment(id);
    if (!is_running(deployment->value)) ended.push_back(deployment);
  }
  if (ended.size() <= kEndedDeploymentsMax) return;
  std::sort(ended.begin(), ended.end(), [](const auto* a, const auto* b) {
    auto order = [](const model::Deployment& each) {
      return std::tuple(model::from_proto(each.ended_at()), each.to_version(), each.id());
    };
    return order(a->value) > order(b->value);
  });
  for (size_t i = kEndedDeploymentsMax; i < ended.size() && change.has_room_for(1); ++i)
    change.erase(round.state.state_keys().deployment(ended[i]->value.id()), ended[i]->revision);
}

/// The newest keep_versions, and each that is still used.
void tidy_versions(Round& round, const ServiceView& view, Change& change) {
  const model::Service& service = view.service();
  const auto* current = round.state.version(view.ref, service.version());
  if (view.deployment || !current) return;
  std::set<uint32_t> used{service.version(), service.latest_version()};
  for (const StoredTask* task : view.live) used.insert(task->value.version());
  const uint32_t kept_max = std::max<uint32_t>(1, current->value.spec().update().keep_versions());
  uint32_t kept = 0;
  const auto& versions = round.state.versions();
  auto it = versions.upper_bound(VersionRef{view.ref, UINT32_MAX});
  while (it != versions.begin()) {
    --it;
    if (it->first.service != view.ref) break;
    if (kept < kept_max || used.contains(it->first.number))
      ++kept;
    else if (change.has_room_for(1))
      change.erase(round.state.state_keys().version(it->first), it->second.revision);
  }
}

/// Between Deployments, the entrances of the Version that serves are the ones that are needed.
void free_claims(Round& round, const ServiceView& view, const std::set<std::string>& claims, Change& change) {
  const uint32_t version = view.service().version();
  const auto* current = round.state.version(view.ref, version);
  const bool is_unknown = version != 0 && !current;  // its record cannot be read
  if (view.deployment || is_unknown) return;
  std::map<std::string, Entry> needed;
  if (current) needed = claims_of(current->value.spec());
  for (const std::string& name : claims)
    if (!needed.contains(name) && change.has_room_for(1))
      change.erase(round.state.state_keys().claim(name), round.state.claims().at(name).revision);
}

bool is_last_of_app(const State& state, const ServiceRef& ref) {
  auto in_app = [&](const ServiceRef& other) { return other.tenant == ref.tenant && other.app == ref.app; };
  auto it = state.services().lower_bound(ServiceRef{ref.tenant, ref.app, {}});
  for (; it != state.services().end() && in_app(it->first); ++it)
    if (it->first != ref) return false;
  const std::string prefix = state.state_keys().service({ref.tenant, ref.app, {}});
  auto bad = state.unreadable().lower_bound(prefix);
  return bad == state.unreadable().end() || !bad->first.starts_with(prefix);
}

/// It is of a Task that lives, on that Node, and says what that Task is.
bool belongs(const State& state, const EndpointRef& ref, const registry::Endpoint& endpoint) {
  const StoredTask* task = state.task(ref.task);
  if (!task) return state.is_unreadable(state.state_keys().task(ref.task));
  return is_live(task->value) && task->value.node() == ref.node &&
         task->value.version() == endpoint.version &&
         service_of(task->value) == ServiceRef{endpoint.tenant, endpoint.app, endpoint.service};
}

}  // namespace

bool tidy_service(Round& round, const ServiceView& view, const std::set<std::string>& claims) {
  Change change;
  tidy_tasks(round, view, change);
  tidy_deployments(round, view, change);
  tidy_versions(round, view, change);
  free_claims(round, view, claims, change);
  if (change.empty()) return false;
  // An owner's write may be about to use what goes here.
  change.guard_unchanged(round.state.state_keys().service(view.ref), view.stored->revision);
  change.why = fmt::format("{}: housekeeping", view.ref.to_string());
  round.add(std::move(change));
  return true;
}

void bury_service(Round& round, const ServiceView& view, const std::set<std::string>& claims) {
  const State& state = round.state;
  const StateKeys& keys = state.state_keys();
  Change change;
  for (const StoredTask* task : view.ended)
    if (change.has_room_for(1)) change.erase(keys.task(task->value.id()), task->revision);
  for (const std::string& id : state.deployments_of(view.ref))
    if (change.has_room_for(1)) change.erase(keys.deployment(id), state.deployment(id)->revision);
  for (const std::string& name : claims)
    if (change.has_room_for(1)) change.erase(keys.claim(name), state.claims().at(name).revision);
  change.why = fmt::format("{}: what a removed service leaves behind", view.ref.to_string());
  constexpr size_t kLast = 3;  // Versions, Service, App
  const size_t parts = view.ended.size() + state.deployments_of(view.ref).size() + claims.size();
  if (change.operations.size() == parts && change.has_room_for(kLast)) {
    change.operations.push_back(store::Operation::remove(store::KeyRange::prefix(keys.versions(view.ref))));
    change.erase(keys.service(view.ref), view.stored->revision);
    const AppRef app{view.ref.tenant, view.ref.app};
    auto it = state.apps().find(app);
    if (it != state.apps().end() && is_last_of_app(state, view.ref))
      change.erase(keys.app(app), it->second.revision);
    change.events.push_back(event_of("service.removed", view.ref, round.wall));
    change.why = fmt::format("{}: removed", view.ref.to_string());
  } else {
    change.guard_unchanged(keys.service(view.ref), view.stored->revision);
  }
  round.add(std::move(change));
}

void tidy_endpoints_of(Round& round, const ServiceView& view) {
  Change change;
  for (const StoredTask* task : view.ended)
    if (change.has_room_for(1)) erase_endpoint(round.state, task->value, change);
  change.why = fmt::format("{}: endpoints of Tasks that have ended", view.ref.to_string());
  round.add(std::move(change));
}

void tidy_endpoints(Round& round) {
  const State& state = round.state;
  Change change;
  for (const auto& [ref, endpoint] : state.endpoints()) {
    if (belongs(state, ref, endpoint.value)) continue;
    if (!change.has_room_for(1)) break;
    change.erase(state.keys().endpoint(ref.node, ref.task), endpoint.revision);
  }
  change.why = "endpoints with nobody behind them";
  round.add(std::move(change));
}

}  // namespace hancock::master
