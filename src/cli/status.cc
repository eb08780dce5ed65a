#include "cli/status.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/api.h"
#include "cli/follow.h"
#include "cli/show.h"
#include "hancock/model.pb.h"
#include "model/json.h"

namespace hancock::cli {
namespace {

struct Picture {
  std::vector<model::Service> services;
  std::vector<model::Task> tasks;
  std::vector<model::Deployment> deployments;
};

template <class M>
std::vector<M> of_service(const std::vector<M>& all, const model::Service& service) {
  std::vector<M> mine;
  std::copy_if(all.begin(), all.end(), std::back_inserter(mine), [&](const M& one) {
    return one.tenant() == service.tenant() && one.app() == service.app() && one.service() == service.name();
  });
  return mine;
}

std::string verdict_of(const model::Service& service, const Look& look) {
  if (service.removing()) return "removing";
  if (service.stopped()) return "stopped";
  if (!service.deployment().empty()) return "deploying";
  if (service.version() == 0) return "failed";
  return look.outcome == Look::Outcome::kDone ? "fine" : "not as wanted";
}

std::string text_of(const model::Service& service, const Picture& picture) {
  const auto tasks = of_service(picture.tasks, service);
  const Look look = look_at(service, tasks);
  std::string out = fmt::format("{}/{}  {}\n", service.app(), service.name(), verdict_of(service, look));
  const std::string version = service.version() == 0 ? "none" : std::to_string(service.version());
  out += fmt::format("  version {}, {}\n", version, look.line);
  const auto deployments = of_service(picture.deployments, service);
  const auto last =
      std::max_element(deployments.begin(), deployments.end(), [](const auto& a, const auto& b) {
        return a.to_version() < b.to_version() ||
               (a.to_version() == b.to_version() && a.created_at().seconds() < b.created_at().seconds());
      });
  if (last != deployments.end())
    out += fmt::format("  deployment {}: {}\n", last->id(), look_at(*last, tasks).line);
  for (const model::Task& task : tasks) {
    if (task.state() == model::TASK_STATE_READY || task.message().empty()) continue;
    out += fmt::format("  task {} on {} is {}: {}\n", task.id(), task.node(), state_name(task.state()),
                       task.message());
  }
  return out;
}

io::Async<Result<Picture>> load(Api& api, std::string target, TimePoint deadline) {
  Picture picture;
  auto services_path = with_target("/v1/services", target);
  if (!services_path) co_return forward_error(services_path);
  auto tasks_path = with_parameter(*with_target("/v1/tasks", target), "all", "true");
  auto deployments_path = *with_target("/v1/deployments", target);
  auto services = co_await api.list<model::Service>(*services_path, deadline);
  if (!services) co_return forward_error(services);
  auto tasks = co_await api.list<model::Task>(tasks_path, deadline);
  if (!tasks) co_return forward_error(tasks);
  auto deployments = co_await api.list<model::Deployment>(deployments_path, deadline);
  if (!deployments) co_return forward_error(deployments);
  co_return Picture{std::move(*services), std::move(*tasks), std::move(*deployments)};
}

io::Async<ExitCode> run(io::Loop& loop, const Context& context, const StatusOptions& options,
                        Duration timeout) {
  Api api(loop, context);
  const TimePoint deadline = loop.now() + timeout;
  if (context.json) {
    auto path = with_target("/v1/services", options.target);
    if (!path) co_return report(path.error());
    ApiRequest request(*path);
    co_return print_answer(co_await api.send(std::move(request), deadline));
  }
  const auto picture = co_await load(api, options.target, deadline);
  if (!picture) co_return report(picture.error());
  if (picture->services.empty() && !options.target.empty()) {
    co_return report(Error{ErrorCode::kNotFound, "there is no " + options.target, {}});
  }
  for (const model::Service& service : picture->services) {
    std::fputs(text_of(service, *picture).c_str(), stdout);
  }
  co_return ExitCode::kDone;
}

ExitCode status(const Context& context, const StatusOptions& options) {
  const auto timeout = context.timeout_or(kRequestTimeout);
  if (!timeout) return report(timeout.error());
  io::Loop loop;
  return loop.block_on(run(loop, context, options, *timeout));
}

}  // namespace

void add_status(Command& root, const Context& context, StatusOptions& options) {
  Command& verb = root.verb("status", "how Services do and what is wrong with them");
  verb.argument("APP[/SERVICE]", options.target, "only these", Presence::kOptional);
  verb.action([&context, &options] { return status(context, options); });
}

}  // namespace hancock::cli
