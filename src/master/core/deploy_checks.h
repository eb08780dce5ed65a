// What a Deployment's next step depends on: its Tasks, its deadlines. Pure; lives for one round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "master/core/service_draft.h"

namespace hancock::master {

struct DeploymentView {
  const model::Deployment& deployment;
  const model::Version* to = nullptr;      // nullptr: cannot be read
  std::vector<const StoredTask*> current;  // of to_version, staying
  std::vector<const StoredTask*> old;      // live, of any other Version
  uint32_t ready = 0;                      // of current
};

DeploymentView deployment_view(const State& state, const ServiceView& service);

/// Ready, and where there are routes, with an endpoint that gateways can use.
bool is_ready(const State& state, const model::Task& task, const model::ServiceSpec& spec);

struct Failure {
  std::string cause;    // "task_failed", "healthy_deadline", "progress_deadline", "deadline", …
  std::string message;  // names Task, Node and the Agent's reason
};

/// Before the switch: why it has to end. Notes the next deadline in `round`.
std::optional<Failure> failure_of(Round& round, const ServiceView& service, const DeploymentView& view);

/// "task web-3-k2x9 on node-1: exited with code 127 (5 times in 10m)".
std::string describe(const model::Task& task);

}  // namespace hancock::master
