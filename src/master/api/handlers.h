// The handlers of the API, one resource a file; routes.cc says which path leads to which.
#pragma once

#include "io/async.h"

namespace hancock::master::api {

struct Call;

// apps.cc, apply.cc
io::Async<void> list_apps(Call& call);
io::Async<void> get_app(Call& call);
io::Async<void> put_app(Call& call);
io::Async<void> delete_app(Call& call);
io::Async<void> stop_app(Call& call);

// services.cc, service_writes.cc
io::Async<void> list_services(Call& call);
io::Async<void> get_service(Call& call);
io::Async<void> scale_service(Call& call);
io::Async<void> stop_service(Call& call);
io::Async<void> delete_service(Call& call);

// versions.cc, plan.cc
io::Async<void> list_versions(Call& call);
io::Async<void> get_version(Call& call);
io::Async<void> get_diff(Call& call);
io::Async<void> rollback_service(Call& call);
io::Async<void> restart_service(Call& call);
io::Async<void> promote_service(Call& call);
io::Async<void> post_plan(Call& call);

// deployments.cc, tasks.cc, nodes.cc
io::Async<void> list_deployments(Call& call);
io::Async<void> get_deployment(Call& call);
io::Async<void> list_tasks(Call& call);
io::Async<void> get_task(Call& call);
io::Async<void> list_nodes(Call& call);
io::Async<void> get_node(Call& call);
io::Async<void> drain_node_now(Call& call);
io::Async<void> undrain_node_now(Call& call);

// sites.cc
io::Async<void> list_sites(Call& call);
io::Async<void> thaw_site(Call& call);

// why.cc
io::Async<void> get_task_why(Call& call);
io::Async<void> get_service_why(Call& call);

// events.cc, logs.cc: streams
io::Async<void> get_events(Call& call);
io::Async<void> get_task_logs(Call& call);
io::Async<void> post_task_logs(Call& call);

// agents.cc, door.cc: for Agents
io::Async<void> get_assignments(Call& call);
io::Async<void> post_report(Call& call);
io::Async<void> door_range(Call& call);
io::Async<void> door_transaction(Call& call);

// status.cc: no token
io::Async<void> get_leader(Call& call);
io::Async<void> get_health(Call& call);
io::Async<void> get_readiness(Call& call);
io::Async<void> get_metrics(Call& call);

}  // namespace hancock::master::api
