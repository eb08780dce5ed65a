// The parts of a service's spec: a schema each, and what must hold between parts. One .cc file a part
// (`port_spec.cc`, `route_spec.cc`, …); spec_loader.cc puts them together. Pure; any thread.
#pragma once

#include "hancock/spec.pb.h"
#include "model/spec_schema.h"

namespace hancock::model::spec {

/// Bytes that Linux takes for one argument of a command.
inline constexpr size_t kArgumentMax = 131'071;

const Schema<ServiceSpec>& service_schema();
const Schema<PortSpec>& port_schema();
const Schema<RouteSpec>& route_schema();
const Schema<HealthSpec>& health_schema();
const Schema<ProbesSpec>& probes_schema();
const Schema<ProbeSpec::Exec>& exec_schema();
const Schema<ResourcesSpec>& resources_schema();
const Schema<PlacementSpec>& placement_schema();
const Schema<UpdateSpec>& update_schema();
const Schema<RestartSpec>& restart_schema();
const Schema<DisconnectSpec>& disconnect_schema();

// What must hold beyond single keys, and the defaults that depend on others. `service` is the place that
// `spec` was read from.
void settle_service(Report& report, const Place& service, ServiceSpec& spec);
void check_ports(Report& report, const Place& service);
void settle_routes(Report& report, const Place& service, ServiceSpec& spec);
void settle_probes(Report& report, const Place& service, ServiceSpec& spec);
void check_health(Report& report, const Place& health, const HealthSpec& spec);
/// `exec`: of a probe, or of another command that is run in the container.
void check_exec(Report& report, const Place& exec);
void check_update(Report& report, const Place& update, const UpdateSpec& spec);
void check_restart(Report& report, const Place& restart, const RestartSpec& spec);

/// No host with path and no TCP port twice in a file. `services` is the map of all of them.
void check_entrances(Report& report, const Place& services);

/// A reference to one of the service's ports, at the key `port`; `*target` becomes the first one's name when
/// nothing is written there.
void settle_port_name(Report& report, const Place& service, const Place& port, std::string* target);

}  // namespace hancock::model::spec
