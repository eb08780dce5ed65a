// New Tasks in the place of those that run, as the Version says: a Deployment of the same spec once more.
#include <fmt/format.h>

#include "master/core/deployment_start.h"
#include "master/core/request_checks.h"
#include "master/core/service_edit.h"

namespace hancock::master {

RequestResult<DeployOutcome> restart(const State& state, const ServiceRef& ref, WallTime wall,
                                     Random& random) {
  auto found = target(state, ref);
  if (!found) return tl::unexpected(found.error());
  ServiceEdit edit(state, ref, *found);
  const model::Service& service = edit.service();
  if (edit.running())
    return refuse_now(
        fmt::format("service {} is being deployed (deployment {})", ref.to_string(), service.deployment()));
  const auto* stored = state.version(ref, service.version());
  if (service.stopped() || !stored)
    return refuse_now(fmt::format("service {} does not run; deploy or scale it", ref.to_string()));
  const model::ServiceSpec spec = stored->value.spec();
  const uint32_t wanted = service.replicas();
  const uint32_t version = add_version(state, edit, spec, wall);
  DeployOutcome outcome{{}, {ref.service, version, {}}};
  outcome.service.deployment =
      start_deployment(state, edit, {version, spec, wanted, "a restart"}, wall, random);
  touch_app(state, {ref.tenant, ref.app}, wall, edit.change());
  outcome.changes.push_back(edit.finish());
  return outcome;
}

}  // namespace hancock::master
