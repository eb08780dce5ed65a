// `hancock status [APP[/SERVICE]]`: how each Service does, its last Deployment, and what is wrong.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "cli/follow.h"
#include "cli/patience.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/enum_names.h"
#include "model/json.h"

namespace hancock::cli {
namespace {

struct StatusOptions {
  std::string target;
  bool watch = false;
};

constexpr Duration kWatchPause = 1s;

struct Picture {
  std::vector<model::Service> services;
  std::vector<model::Task> tasks;
  std::vector<model::Deployment> deployments;
  std::vector<model::Site> sites;
};

template <class M>
std::vector<M> of_service(const std::vector<M>& all, const model::Service& service) {
  std::vector<M> mine;
  std::copy_if(all.begin(), all.end(), std::back_inserter(mine), [&](const M& one) {
    return one.tenant() == service.tenant() && one.app() == service.app() && one.service() == service.name();
  });
  return mine;
}

std::string verdict_of(const model::Service& service, const Look& look, bool is_held) {
  if (service.removing()) return "removing";
  if (service.stopped()) return "stopped";
  if (!service.deployment().empty()) return is_held ? "held as it failed" : "deploying";
  if (service.version() == 0) return "failed";
  return look.outcome == Look::Outcome::kDone ? "fine" : "not as wanted";
}

std::string text_of(const model::Service& service, const Picture& picture) {
  const auto tasks = of_service(picture.tasks, service);
  const Look look = look_at(service, tasks);
  const auto deployments = of_service(picture.deployments, service);
  const auto last =
      std::max_element(deployments.begin(), deployments.end(), [](const auto& a, const auto& b) {
        return a.to_version() < b.to_version() ||
               (a.to_version() == b.to_version() && a.created_at().seconds() < b.created_at().seconds());
      });
  const bool is_held = last != deployments.end() && last->id() == service.deployment() &&
                       last->state() == model::DEPLOYMENT_STATE_FAILED;
  std::string out =
      fmt::format("{}/{}  {}\n", service.app(), service.name(), verdict_of(service, look, is_held));
  const std::string version = service.version() == 0 ? "none" : std::to_string(service.version());
  out += fmt::format("  version {}, {}\n", version, look.line);
  if (last != deployments.end())
    out += fmt::format("  deployment {}: {}\n", last->id(), look_at(*last, tasks).line);
  for (const model::Task& task : tasks) {
    if (task.state() == model::TASK_STATE_READY || task.message().empty()) continue;
    out += fmt::format("  task {} on {} is {}: {}\n", task.id(), task.node(), name_of(task.state()),
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
  auto sites = co_await api.list<model::Site>("/v1/sites", deadline);
  if (!sites) co_return forward_error(sites);
  co_return Picture{std::move(*services), std::move(*tasks), std::move(*deployments), std::move(*sites)};
}

// What there is to say, for people or for programs.
io::Async<Result<std::string>> describe(Api& api, const Context& context, const StatusOptions& options,
                                        TimePoint deadline) {
  if (context.json) {
    auto path = with_target("/v1/services", options.target);
    if (!path) co_return forward_error(path);
    ApiRequest request(*path);
    co_return co_await api.send(std::move(request), deadline);
  }
  auto picture = co_await load(api, options.target, deadline);
  if (!picture) co_return forward_error(picture);
  if (picture->services.empty() && !options.target.empty()) {
    co_return fail(ErrorCode::kNotFound, "there is no {}", options.target);
  }
  if (picture->services.empty()) co_return std::string("no app is there yet\n");
  std::string text;
  for (const model::Service& service : picture->services) text += text_of(service, *picture);
  for (const model::Site& site : picture->sites) {
    if (site.has_frozen_at())
      text += fmt::format("site {} is frozen, what was lost there is not replaced: {}\n", site.name(),
                          site.frozen_because());
  }
  co_return text;
}

// On a terminal the new text takes the place of the old one; elsewhere it comes after it.
void show(const std::string& text, bool is_watching) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (is_watching && is_terminal) std::fputs("\033[H\033[2J", stdout);
  std::fputs(text.c_str(), stdout);
  if (is_watching && !is_terminal) std::fputs("\n", stdout);
  std::fflush(stdout);
}

io::Async<ExitCode> watch(Api& api, const Context& context, const StatusOptions& options,
                          TimePoint deadline) {
  Patience patience;
  std::string shown;
  while (api.loop().now() < deadline) {
    const auto text =
        co_await describe(api, context, options, std::min(deadline, api.loop().now() + kRequestTimeout));
    const TimePoint now = api.loop().now();
    if (text) {
      patience.heard(now);
      if (*text != shown) show(*text, true);
      shown = *text;
    } else if (!patience.bears(text.error(), now)) {
      co_return report(text.error());
    }
    co_await api.loop().sleep_for(kWatchPause);
  }
  co_return ExitCode::kTimeout;
}

io::Async<ExitCode> run(Api& api, const Context& context, const StatusOptions& options, TimePoint deadline) {
  const auto text = co_await describe(api, context, options, deadline);
  if (!text) co_return report(text.error());
  show(*text, false);
  co_return ExitCode::kDone;
}

ExitCode status(const Context& context, const StatusOptions& options) {
  return run_verb(context, options.watch ? kUnlimited : kRequestTimeout, [&](Api& api, TimePoint deadline) {
    return options.watch ? watch(api, context, options, deadline) : run(api, context, options, deadline);
  });
}

}  // namespace

void add_status(Command& root, const Context& context) {
  auto options = std::make_shared<StatusOptions>();
  Command& verb = root.verb("status", "how Services do and what is wrong with them");
  verb.argument("APP[/SERVICE]", options->target, "only these", Presence::kOptional);
  verb.flag("-w,--watch", options->watch, "go on, and show what changes");
  verb.action([&context, options] { return status(context, *options); });
}

}  // namespace hancock::cli
