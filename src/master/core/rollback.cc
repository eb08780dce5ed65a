// Back to a Version that is kept, by an owner's hand.
#include <fmt/format.h>

#include "master/core/claims.h"
#include "master/core/deployment_start.h"
#include "master/core/entrances.h"
#include "master/core/request_checks.h"
#include "master/core/service_edit.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// The last one that brought `version` in the place of another one that is kept.
const model::Deployment* last_success(const State& state, const ServiceEdit& edit, uint32_t version) {
  const model::Deployment* last = nullptr;
  for (const std::string& id : state.deployments_of(edit.ref())) {
    const model::Deployment& each = state.deployment(id)->value;
    const bool is_one = each.state() == model::DEPLOYMENT_STATE_SUCCEEDED && each.to_version() == version &&
                        each.from_version() != version && state.version(edit.ref(), each.from_version());
    if (!is_one) continue;
    if (!last || model::from_proto(last->ended_at()) < model::from_proto(each.ended_at())) last = &each;
  }
  return last;
}

/// The Version that served before the present one; 0: there is none that is kept.
uint32_t version_before(const State& state, ServiceEdit& edit) {
  if (edit.running()) return edit.running()->value.from_version();
  const uint32_t now = edit.service().version();
  if (edit.has_held() && now != 0) return now;
  if (const auto* last = last_success(state, edit, now)) return last->from_version();
  uint32_t found = 0;
  for (auto it = state.versions().lower_bound(VersionRef{edit.ref(), 1});
       it != state.versions().end() && it->first.service == edit.ref() && it->first.number < now; ++it)
    found = it->first.number;
  return found;
}

std::vector<RequestError> taken_entrances(const State& state, const ServiceRef& ref,
                                          const model::ServiceSpec& spec) {
  std::vector<RequestError> errors;
  for (const auto& [claim, entry] : claims_of(spec)) {
    const std::string owner = other_owner(state, ref, claim);
    if (owner.empty()) continue;
    errors.push_back({ErrorCode::kConflict, fmt::format("{} {}", entry.value, owner), entry.field,
                      entry.value, "an entrance that no other service has"});
  }
  return errors;
}

uint32_t wanted_now(ServiceEdit& edit, const model::ServiceSpec& spec) {
  if (edit.running()) return edit.running()->value.wanted();
  const model::Service& service = edit.service();
  if (!service.stopped()) return service.replicas();
  return service.replicas_before_stop() > 0 ? service.replicas_before_stop() : spec.replicas();
}

}  // namespace

RequestResult<DeployOutcome> rollback(const State& state, const ServiceRef& ref, uint32_t version,
                                      WallTime wall, Random& random) {
  auto found = target(state, ref);
  if (!found) return tl::unexpected(found.error());
  ServiceEdit edit(state, ref, *found);
  const uint32_t to = version != 0 ? version : version_before(state, edit);
  if (to == 0) return refuse_now(fmt::format("service {} has no version before this one", ref.to_string()));
  const auto* stored = state.version(ref, to);
  if (!stored)
    return refuse({ErrorCode::kNotFound,
                   fmt::format("version {} of service {} is not kept", to, ref.to_string()), "version",
                   fmt::to_string(to), "one of `hancock history`"});
  DeployOutcome outcome{{}, {ref.service, to, {}}};
  const bool is_serving = to == edit.service().version() && !edit.service().stopped();
  if (edit.running() && edit.running()->value.to_version() == to) {
    outcome.service.deployment = edit.running()->value.id();
    return outcome;
  }
  if (is_serving && !edit.running() && !edit.has_held()) return outcome;
  if (is_serving) {
    edit.roll_back("its owner rolled it back", wall);  // or what is held: it goes as if it had been
    edit.change().why = fmt::format("{}: rolled back by its owner", ref.to_string());
  } else {
    if (auto errors = taken_entrances(state, ref, stored->value.spec()); !errors.empty())
      return tl::unexpected(std::move(errors));
    const uint32_t wanted = wanted_now(edit, stored->value.spec());
    outcome.service.deployment =
        start_deployment(state, edit, {to, stored->value.spec(), wanted, "a rollback"}, wall, random);
  }
  touch_app(state, {ref.tenant, ref.app}, wall, edit.change());
  outcome.changes.push_back(edit.finish());
  return outcome;
}

}  // namespace hancock::master
