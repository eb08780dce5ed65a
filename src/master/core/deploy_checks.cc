#include "master/core/deploy_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "master/core/endpoints.h"
#include "master/core/routes.h"
#include "master/core/timing.h"
#include "model/enum_names.h"
#include "model/json.h"
#include "model/units.h"

namespace hancock::master {
namespace {

/// Of an ended Task, or of one that its Agent has given up.
bool has_failed(const model::Task& task) {
  if (task.hopeless()) return true;
  return !is_live(task) && task.state() != model::TASK_STATE_LOST && task.intent() == model::TASK_INTENT_RUN;
}

std::optional<Failure> failed_task(const ServiceView& service, const model::Deployment& deployment) {
  for (const auto* tasks : {&service.ended, &service.live})
    for (const StoredTask* task : *tasks)
      if (task->value.deployment() == deployment.id() && has_failed(task->value))
        return Failure{"task_failed", describe(task->value)};
  return std::nullopt;
}

std::optional<Failure> unhealthy_task(Round& round, const DeploymentView& view, bool is_visited) {
  const model::ServiceSpec& spec = view.to->spec();
  const Duration limit = healthy_deadline(spec.update());
  for (const StoredTask* task : view.current) {
    if (is_ready(round.state, task->value, spec)) continue;
    if (is_visited && task->value.has_ready_at()) continue;  // it may come back, as any that serves
    const WallTime since =
        std::max(model::from_proto(task->value.created_at()), model::from_proto(task->value.returned_at()));
    const WallTime deadline = round.deadline(since, limit);
    if (round.wall >= deadline)
      return Failure{"healthy_deadline", fmt::format("not ready within {}: {}", model::format_duration(limit),
                                                     describe(task->value))};
    round.look_again(deadline);
  }
  return std::nullopt;
}

/// By a gateway that knows it as it is now.
std::optional<Failure> refused_route(const State& state, const ServiceView& service) {
  const std::string key = state.keys().route(service.ref.tenant, service.ref.app, service.ref.service);
  for (const auto& [id, gateway] : state.gateways()) {
    const auto refused = gateway.value.refused.find(key);
    if (refused == gateway.value.refused.end()) continue;
    const registry::Position put{state.leader().value.epoch(), service.route->revision};
    if (gateway.value.applied < put) continue;
    return Failure{"refused", fmt::format("gateway {} refuses {}: {}", id, key, refused->second)};
  }
  return std::nullopt;
}

}  // namespace

DeploymentView deployment_view(const State& state, const ServiceView& service) {
  DeploymentView view{service.deployment->value, nullptr, {}, {}, 0};
  const auto* to = state.version(service.ref, view.deployment.to_version());
  if (to) view.to = &to->value;
  for (const StoredTask* task : service.live) {
    if (task->value.version() != view.deployment.to_version()) {
      view.old.push_back(task);
    } else if (is_staying(task->value)) {
      view.current.push_back(task);
      if (to && is_ready(state, task->value, to->value.spec())) ++view.ready;
    }
  }
  return view;
}

bool is_ready(const State& state, const model::Task& task, const model::ServiceSpec& spec) {
  if (task.state() != model::TASK_STATE_READY || task.hopeless()) return false;
  return spec.routes_size() == 0 || is_serving(state, task);
}

std::optional<Failure> failure_of(Round& round, const ServiceView& service, const DeploymentView& view) {
  const model::Deployment& deployment = view.deployment;
  if (!view.to)
    return Failure{"unreadable",
                   fmt::format("the record of version {} cannot be read", deployment.to_version())};
  if (auto failed = failed_task(service, deployment)) return failed;
  const bool is_visited = service.route && is_in_split(service.route->value, deployment.to_version());
  if (auto unhealthy = unhealthy_task(round, view, is_visited)) return unhealthy;
  if (is_visited)
    if (auto refused = refused_route(round.state, service)) return refused;

  const model::UpdateSpec& update = view.to->spec().update();
  const WallTime created = model::from_proto(deployment.created_at());
  const WallTime progress =
      deployment.has_progress_at() ? model::from_proto(deployment.progress_at()) : created;
  auto passed = [&](WallTime from, Duration limit) {
    const WallTime deadline = round.deadline(from, limit);
    if (round.wall < deadline) round.look_again(deadline);
    return round.wall >= deadline;
  };
  auto with_message = [&](std::string_view what, Duration limit) {
    return fmt::format("{} within {}: {} of {} Tasks are ready{}{}", what, model::format_duration(limit),
                       view.ready, deployment.wanted(), deployment.message().empty() ? "" : "; ",
                       deployment.message());
  };
  const bool is_step = deployment.has_step_since() && !deployment.promoted();  // which has its own time
  if (!is_step && passed(progress, progress_deadline(update)))
    return Failure{"progress_deadline", with_message("no progress", progress_deadline(update))};
  if (passed(created, whole_deadline(update)))
    return Failure{"deadline", with_message("not done", whole_deadline(update))};
  return std::nullopt;
}

std::string describe(const model::Task& task) {
  std::string reason = task.message();
  if (reason.empty()) {
    reason = name_of(task.state());
    if (task.has_exit()) reason += fmt::format(", exit code {}", task.exit().code());
  }
  return fmt::format("task {} on {}: {}", task.id(), task.node(), reason);
}

}  // namespace hancock::master
