#include "cli/follow.h"

#include <algorithm>
#include <cstdio>

#include "cli/patience.h"
#include "model/json.h"

namespace hancock::cli {
namespace {

constexpr Duration kPause = 200ms;
constexpr Duration kLook = 5s;

std::string phase_of(const model::Deployment& deployment) {
  switch (deployment.phase()) {
    case model::DEPLOYMENT_PHASE_PULL:
      return "pulling the image";
    case model::DEPLOYMENT_PHASE_START:
      return "starting";
    case model::DEPLOYMENT_PHASE_READY:
      return "getting ready";
    case model::DEPLOYMENT_PHASE_SWITCH:
      return "waiting for the gateways";
    case model::DEPLOYMENT_PHASE_DRAIN:
      return "serving; the old Version drains";
    case model::DEPLOYMENT_PHASE_STOP:
      return "serving; the old Version stops";
    default:
      return "going on";
  }
}

// The first unready Task that has something to say.
std::string trouble(const std::vector<model::Task>& tasks, uint32_t version) {
  for (const model::Task& task : tasks) {
    if (task.version() != version || task.message().empty() || task.state() == model::TASK_STATE_READY)
      continue;
    return fmt::format(" (task {} on {}: {})", task.id(), task.node(), task.message());
  }
  return {};
}

std::string service_path(const model::ServiceRef& ref) {
  return with_parameter("/v1/services/" + ref.app + "/" + ref.service, "tenant", ref.tenant);
}

std::string tasks_path(const model::ServiceRef& ref) {
  std::string path = with_parameter("/v1/tasks", "tenant", ref.tenant);
  path = with_parameter(std::move(path), "app", ref.app);
  return with_parameter(std::move(path), "service", ref.service);
}

io::Async<Result<Look>> look(Api& api, const Followed& followed, TimePoint deadline) {
  auto service = co_await api.get<model::Service>(service_path(followed.service), deadline);
  if (!service) {
    if (service.error().code == ErrorCode::kNotFound) {
      const bool wanted = followed.until == Followed::Until::kGone;
      co_return Look{wanted ? Look::Outcome::kDone : Look::Outcome::kFailed, wanted ? "removed" : "is gone"};
    }
    co_return forward_error(service);
  }
  auto tasks = co_await api.list<model::Task>(tasks_path(followed.service), deadline);
  if (!tasks) co_return forward_error(tasks);
  if (followed.until == Followed::Until::kGone) {
    const auto left =
        std::count_if(tasks->begin(), tasks->end(), [](const auto& task) { return !has_ended(task); });
    co_return Look{Look::Outcome::kGoing, fmt::format("removing, {} running", left)};
  }
  if (followed.deployment.empty()) co_return look_at(*service, *tasks);
  auto deployment = co_await api.get<model::Deployment>("/v1/deployments/" + followed.deployment, deadline);
  if (!deployment) co_return forward_error(deployment);
  co_return look_at(*deployment, *tasks);
}

}  // namespace

bool has_ended(const model::Task& task) {
  return task.state() == model::TASK_STATE_STOPPED || task.state() == model::TASK_STATE_FAILED ||
         task.state() == model::TASK_STATE_LOST;
}

Look look_at(const model::Deployment& deployment, const std::vector<model::Task>& tasks) {
  const std::string version = fmt::format("version {}", deployment.to_version());
  const std::string why = deployment.message().empty() ? "" : ": " + deployment.message();
  switch (deployment.state()) {
    case model::DEPLOYMENT_STATE_SUCCEEDED:
      return {Look::Outcome::kDone,
              fmt::format("{} serves ({} of {} ready)", version, deployment.ready(), deployment.wanted())};
    case model::DEPLOYMENT_STATE_FAILED:
      return {Look::Outcome::kFailed, version + " failed" + why};
    case model::DEPLOYMENT_STATE_ROLLED_BACK:
      return {Look::Outcome::kFailed,
              fmt::format("{} failed, version {} goes on{}", version, deployment.from_version(), why)};
    case model::DEPLOYMENT_STATE_PAUSED:
      return {Look::Outcome::kDone,
              fmt::format("{}: {} of {} ready{}: `hancock promote {}/{}`", version, deployment.ready(),
                          deployment.wanted(), why, deployment.app(), deployment.service())};
    case model::DEPLOYMENT_STATE_SUPERSEDED:
      return {Look::Outcome::kFailed, version + " was superseded by a newer one"};
    default:
      return {Look::Outcome::kGoing, fmt::format("{}: {}, {} of {} ready{}{}", version, phase_of(deployment),
                                                 deployment.ready(), deployment.wanted(), why,
                                                 why.empty() ? trouble(tasks, deployment.to_version()) : "")};
  }
}

Look look_at(const model::Service& service, const std::vector<model::Task>& tasks) {
  uint32_t ready = 0;
  uint32_t running = 0;
  for (const model::Task& task : tasks) {
    if (has_ended(task)) continue;
    ++running;
    if (task.version() == service.version() && task.state() == model::TASK_STATE_READY &&
        task.intent() == model::TASK_INTENT_RUN) {
      ++ready;
    }
  }
  const bool settled = ready == service.replicas() && running == ready;
  if (service.stopped()) {
    return {settled ? Look::Outcome::kDone : Look::Outcome::kGoing,
            settled ? "stopped" : fmt::format("stopping, {} running", running)};
  }
  return {settled ? Look::Outcome::kDone : Look::Outcome::kGoing,
          fmt::format("{} of {} ready{}{}", ready, service.replicas(),
                      running > ready ? fmt::format(", {} on the way", running - ready) : "",
                      settled ? "" : trouble(tasks, service.version()))};
}

io::Async<ExitCode> follow(Api& api, const std::vector<Followed>& followed, Progress& progress,
                           TimePoint deadline) {
  std::vector<Look> looks(followed.size());
  Patience patience;
  patience.heard(api.loop().now());
  while (true) {
    bool going = false;
    for (size_t i = 0; i < followed.size(); ++i) {
      if (looks[i].outcome != Look::Outcome::kGoing) continue;
      auto now = co_await look(api, followed[i], api.loop().now() + kLook);
      if (now) {
        patience.heard(api.loop().now());
        looks[i] = *now;
        progress.update(followed[i].service.app + "/" + followed[i].service.service, now->line);
      } else if (!patience.bears(now.error(), api.loop().now())) {
        co_return report(now.error());
      }
      going = going || looks[i].outcome == Look::Outcome::kGoing;
    }
    if (!going) break;
    if (api.loop().now() >= deadline) {
      std::fprintf(stderr, "timed out; the work goes on: `hancock status` tells how far it is\n");
      co_return ExitCode::kTimeout;
    }
    co_await api.loop().sleep_for(kPause);
  }
  const bool failed = std::any_of(looks.begin(), looks.end(),
                                  [](const Look& l) { return l.outcome == Look::Outcome::kFailed; });
  co_return failed ? ExitCode::kFailed : ExitCode::kDone;
}

}  // namespace hancock::cli
