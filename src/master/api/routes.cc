#include "master/api/routes.h"

#include "master/api/handlers.h"

namespace hancock::master::api {
namespace {

constexpr auto kOperator = Access::kOperator;
constexpr auto kAgent = Access::kAgent;
constexpr auto kAnyone = Access::kAnyone;
constexpr auto kNothing = Needs::kNothing;
constexpr Handler kNotYet = nullptr;

std::vector<Route> table() {
  return {
      {"GET", "/healthz", kAnyone, &get_health, kNothing},
      {"GET", "/readyz", kAnyone, &get_readiness, kNothing},
      {"GET", "/metrics", kAnyone, &get_metrics, kNothing},
      {"GET", "/v1/leader", kAnyone, &get_leader, kNothing},

      {"GET", "/v1/apps", kOperator, &list_apps},
      {"GET", "/v1/apps/{app}", kOperator, &get_app},
      {"PUT", "/v1/apps/{app}", kOperator, &put_app},
      {"DELETE", "/v1/apps/{app}", kOperator, &delete_app},
      {"POST", "/v1/apps/{app}/stop", kOperator, &stop_app},
      {"POST", "/v1/plan", kOperator, &post_plan},

      {"GET", "/v1/services", kOperator, &list_services},
      {"GET", "/v1/services/{app}/{service}", kOperator, &get_service},
      {"DELETE", "/v1/services/{app}/{service}", kOperator, &delete_service},
      {"GET", "/v1/services/{app}/{service}/versions", kOperator, &list_versions},
      {"GET", "/v1/services/{app}/{service}/versions/{n}", kOperator, &get_version},
      {"GET", "/v1/services/{app}/{service}/why", kOperator, &get_service_why},
      {"GET", "/v1/services/{app}/{service}/diff", kOperator, &get_diff},
      {"POST", "/v1/services/{app}/{service}/scale", kOperator, &scale_service},
      {"POST", "/v1/services/{app}/{service}/stop", kOperator, &stop_service},
      {"POST", "/v1/services/{app}/{service}/restart", kOperator, &restart_service},
      {"POST", "/v1/services/{app}/{service}/rollback", kOperator, &rollback_service},
      {"POST", "/v1/services/{app}/{service}/promote", kOperator, &promote_service},

      {"GET", "/v1/deployments", kOperator, &list_deployments},
      {"GET", "/v1/deployments/{id}", kOperator, &get_deployment},
      {"GET", "/v1/tasks", kOperator, &list_tasks},
      {"GET", "/v1/tasks/{task}", kOperator, &get_task},
      {"GET", "/v1/tasks/{task}/why", kOperator, &get_task_why},
      {"GET", "/v1/tasks/{task}/logs", kOperator, &get_task_logs},

      {"GET", "/v1/nodes", kOperator, &list_nodes},
      {"GET", "/v1/nodes/{node}", kOperator, &get_node},
      {"PATCH", "/v1/nodes/{node}", kOperator, kNotYet},
      {"POST", "/v1/nodes/{node}/drain", kOperator, &drain_node_now},
      {"POST", "/v1/nodes/{node}/undrain", kOperator, &undrain_node_now},
      {"GET", "/v1/sites", kOperator, &list_sites},
      {"POST", "/v1/sites/{site}/thaw", kOperator, &thaw_site},
      {"GET", "/v1/events", kOperator, &get_events},

      {"GET", "/v1/nodes/{node}/assignments", kAgent, &get_assignments},
      {"POST", "/v1/nodes/{node}/report", kAgent, &post_report, kNothing},
      {"POST", "/v1/nodes/{node}/logs/{request}", kAgent, &post_task_logs},
      {"POST", "/v3/kv/range", kAgent, &door_range, kNothing},
      {"POST", "/v3/kv/txn", kAgent, &door_transaction, kNothing},
      {"POST", "/v3/watch", kAgent, kNotYet},
      {"POST", "/v3/lease/grant", kAgent, kNotYet},
      {"POST", "/v3/lease/keepalive", kAgent, kNotYet},
      {"POST", "/v3/lease/revoke", kAgent, kNotYet},

      {"*", "/v1/tenants", kOperator, kNotYet},
      {"*", "/v1/tenants/{name}", kOperator, kNotYet},
      {"*", "/v1/tokens", kOperator, kNotYet},
      {"*", "/v1/tokens/{name}", kOperator, kNotYet},
      {"*", "/v1/secrets", kOperator, kNotYet},
      {"*", "/v1/secrets/{name}", kOperator, kNotYet},
      {"*", "/v1/registries", kOperator, kNotYet},
      {"*", "/v1/registries/{name}", kOperator, kNotYet},
      {"*", "/v1/callbacks", kOperator, kNotYet},
      {"*", "/v1/callbacks/{name}", kOperator, kNotYet},
      {"*", "/v1/alerts", kOperator, kNotYet},
      {"*", "/v1/alerts/{name}", kOperator, kNotYet},
      {"*", "/v1/silences", kOperator, kNotYet},
      {"*", "/v1/silences/{name}", kOperator, kNotYet},
      {"*", "/v1/audit", kOperator, kNotYet},
      {"*", "/v1/health", kOperator, kNotYet},
      {"*", "/v1/operator/{verb}", kOperator, kNotYet},
      {"*", "/v1/operator/{verb}/{name}", kOperator, kNotYet},
  };
}

}  // namespace

const Router& api_router() {
  static const Router router(table());
  return router;
}

}  // namespace hancock::master::api
