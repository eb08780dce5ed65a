// A canary that its owner has seen enough of takes over.
#include <fmt/format.h>

#include "master/core/request_checks.h"
#include "master/core/service_edit.h"

namespace hancock::master {

RequestResult<DeployOutcome> promote(const State& state, const ServiceRef& ref, WallTime wall) {
  auto found = target(state, ref);
  if (!found) return tl::unexpected(found.error());
  ServiceEdit edit(state, ref, *found);
  const auto* version = edit.running() ? state.version(ref, edit.running()->value.to_version()) : nullptr;
  if (!version || version->value.spec().update().strategy() != model::UPDATE_STRATEGY_CANARY)
    return refuse_now(fmt::format("service {} has no canary to promote", ref.to_string()));
  const model::Deployment& running = edit.running()->value;
  DeployOutcome outcome{{}, {ref.service, running.to_version(), running.id()}};
  if (running.promoted() || running.phase() >= model::DEPLOYMENT_PHASE_SWITCH) return outcome;
  edit.promote(wall);
  edit.change().why = fmt::format("{}: deployment {} is promoted", ref.to_string(), running.id());
  touch_app(state, {ref.tenant, ref.app}, wall, edit.change());
  outcome.changes.push_back(edit.finish());
  return outcome;
}

}  // namespace hancock::master
