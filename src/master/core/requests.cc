#include "master/core/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "master/core/events.h"
#include "master/core/request_checks.h"
#include "master/core/service_edit.h"
#include "model/time.h"

namespace hancock::master {
RequestResult<std::vector<Change>> scale(const State& state, const ServiceRef& ref, int64_t replicas,
                                         WallTime wall) {
  if (replicas < 0 || replicas > kReplicasMax)
    return refuse({ErrorCode::kInvalid, "this many replicas are not possible", "replicas",
                   fmt::to_string(replicas), fmt::format("0..{}", kReplicasMax)});
  auto found = target(state, ref);
  if (!found) return tl::unexpected(found.error());
  ServiceEdit edit(state, ref, *found);
  model::Service& service = edit.service();
  const auto wanted = static_cast<uint32_t>(replicas);
  if (service.version() == 0 && !edit.running())
    return refuse_now(
        fmt::format("no version of service {} has started yet; deploy it first", ref.to_string()));

  const uint32_t before = edit.running() ? edit.running()->value.wanted() : service.replicas();
  const bool same = before == wanted && (service.stopped() || service.replicas() == wanted);
  if (same && (!service.stopped() || edit.running() || wanted == 0)) return std::vector<Change>{};
  edit.want(wanted);
  if (!service.stopped() || (!edit.running() && wanted > 0)) {
    service.set_stopped(false);
    service.set_replicas(wanted);
  }
  Change& change = edit.change();
  change.why = fmt::format("{}: scaled from {} to {}", ref.to_string(), before, wanted);
  touch_app(state, {ref.tenant, ref.app}, wall, change);
  change.events.push_back(
      event_of("service.scaled", ref, wall, fmt::format("from {} to {} replicas", before, wanted)));
  (*change.events.back().mutable_figures())["from"] = before;
  (*change.events.back().mutable_figures())["to"] = wanted;
  return std::vector<Change>{edit.finish()};
}

RequestResult<std::vector<Change>> stop(const State& state, const ServiceRef& ref, WallTime wall) {
  auto found = targets(state, ref);
  if (!found) return tl::unexpected(found.error());
  std::vector<Change> changes;
  for (const ServiceRef& each : *found) {
    ServiceEdit edit(state, each, state.service(each));
    if (edit.service().removing() || (edit.service().stopped() && !edit.running())) continue;
    edit.halt("a stop", wall);
    edit.change().why = fmt::format("{}: stopped", each.to_string());
    edit.change().events.push_back(event_of("service.stopped", each, wall));
    append(changes, edit.finish());
  }
  if (!changes.empty()) touch_app(state, {ref.tenant, ref.app}, wall, changes.front());
  return changes;
}

RequestResult<std::vector<Change>> remove(const State& state, const ServiceRef& ref, WallTime wall) {
  auto found = targets(state, ref);
  if (!found) return tl::unexpected(found.error());
  std::vector<Change> changes;
  for (const ServiceRef& each : *found) {
    ServiceEdit edit(state, each, state.service(each));
    if (edit.service().removing()) continue;
    edit.remove(wall);
    append(changes, edit.finish());
  }
  if (!changes.empty()) touch_app(state, {ref.tenant, ref.app}, wall, changes.front());
  if (found->empty()) {  // an App that has nothing left
    const AppRef app{ref.tenant, ref.app};
    changes.emplace_back().erase(state.state_keys().app(app), state.apps().at(app).revision);
    changes.back().why = fmt::format("{}/{}: removed", ref.tenant, ref.app);
  }
  return changes;
}

RequestResult<std::vector<Change>> thaw(const State& state, const std::string& name, WallTime wall) {
  const std::string key = state.state_keys().site(name);
  const auto stored = state.sites().find(name);
  if (stored == state.sites().end() && !state.is_unreadable(key)) {
    const auto& nodes = state.nodes();
    const bool is_known = std::any_of(nodes.begin(), nodes.end(),
                                      [&](const auto& node) { return node.second.value.site() == name; });
    if (is_known) return std::vector<Change>{};
    return refuse({ErrorCode::kNotFound, fmt::format("there is no site {}", name), {}, name, {}});
  }
  model::Site site;
  store::Revision revision = state.unreadable_revision(key);
  if (stored != state.sites().end()) {
    if (!stored->second.value.has_frozen_at()) return std::vector<Change>{};
    revision = stored->second.revision;
  }
  site.set_name(name);
  *site.mutable_thawed_at() = model::to_proto(wall);
  std::vector<Change> changes(1);
  changes[0].why = fmt::format("site {}: thawed by an operator", name);
  changes[0].replace(key, site, revision);
  changes[0].events.push_back(event_of("site.thawed", site, "operator", "an operator has thawed it", wall));
  return changes;
}

std::optional<RequestError> check_index(const State& state, const AppRef& app, int64_t index) {
  auto it = state.apps().find(app);
  const int64_t changed = it == state.apps().end() ? 0 : it->second.revision.value();
  if (changed <= index) return std::nullopt;
  return RequestError{ErrorCode::kConflict,
                      fmt::format("app {}/{} was changed at index {}", app.tenant, app.app, changed),
                      "check_index", fmt::to_string(index), fmt::format("at least {}", changed)};
}

}  // namespace hancock::master
