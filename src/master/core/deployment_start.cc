#include "master/core/deployment_start.h"

#include <fmt/format.h>

#include "master/core/entrances.h"
#include "master/core/events.h"
#include "model/time.h"

namespace hancock::master {
namespace {

/// Without their barrier the Tasks that drain are strays, which balance takes back as far as they are wanted.
void keep_draining_tasks(const State& state, ServiceEdit& edit, uint32_t to_version) {
  if (!edit.running() || edit.running()->value.from_version() != to_version) return;
  const auto barrier = state.barriers().find(edit.running()->value.barrier());
  if (barrier == state.barriers().end()) return;
  edit.change().erase(state.keys().barrier(barrier->first), barrier->second.revision);
}

}  // namespace

uint32_t add_version(const State& state, ServiceEdit& edit, const model::ServiceSpec& spec, WallTime wall) {
  model::Service& service = edit.service();
  service.set_latest_version(service.latest_version() + 1);
  model::Version version;
  version.set_tenant(edit.ref().tenant);
  version.set_app(edit.ref().app);
  version.set_service(edit.ref().service);
  version.set_number(service.latest_version());
  *version.mutable_spec() = spec;
  *version.mutable_created_at() = model::to_proto(wall);
  edit.change().replace(state.state_keys().version({edit.ref(), version.number()}), version, {});
  return version.number();
}

std::string start_deployment(const State& state, ServiceEdit& edit, const DeploymentStart& start,
                             WallTime wall, Random& random) {
  model::Service& service = edit.service();
  Change& change = edit.change();
  keep_draining_tasks(state, edit, start.to_version);
  edit.supersede(start.instead, wall);
  if (service.removing()) service.set_stopped(true);
  service.set_removing(false);
  if (service.stopped())
    service.set_replicas(0);
  else if (service.version() == 0)
    service.set_replicas(start.wanted);
  model::Deployment deployment;
  deployment.set_id(random.id(10));
  deployment.set_tenant(edit.ref().tenant);
  deployment.set_app(edit.ref().app);
  deployment.set_service(edit.ref().service);
  deployment.set_from_version(service.version());
  deployment.set_to_version(start.to_version);
  deployment.set_wanted(start.wanted);
  deployment.set_was_stopped(service.stopped());
  *deployment.mutable_created_at() = model::to_proto(wall);
  *deployment.mutable_phase_since() = model::to_proto(wall);
  change.replace(state.state_keys().deployment(deployment.id()), deployment, {});
  change.events.push_back(event_of("deployment.started", deployment, wall));
  service.set_deployment(deployment.id());
  claim_entrances(state, edit.ref(), start.spec, change);
  change.why = fmt::format("{}: deployment {} of version {}", edit.ref().to_string(), deployment.id(),
                           deployment.to_version());
  return deployment.id();
}

}  // namespace hancock::master
