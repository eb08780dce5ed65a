// `hancock scale SERVICE N`, `stop APP[/SERVICE]`, `rm APP[/SERVICE]`: change what is wanted and wait until
// it is so.
#include <cstdio>
#include <memory>

#include "cli/follow.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

struct ServiceVerbOptions {
  std::string target;
  int64_t replicas = 0;
  bool detach = false;
};

constexpr Duration kChangeTimeout = 10min;

enum class Kind { kScale, kStop, kRemove };

// What a verb is about: one Service, or all of an App. One request changes all of it.
struct Target {
  std::string path;  // of the Service or the App
  std::string query;
  std::vector<model::ServiceRef> services;
};

// "APP/SERVICE" is itself; "APP" is all of its Services.
io::Async<Result<Target>> find_target(Api& api, const std::string& name, TimePoint deadline) {
  Target target;
  if (name.find('/') != std::string::npos) {
    auto ref = model::parse_service_ref(name, "");
    if (!ref) co_return forward_error(ref);
    target.path = "/v1/services/" + ref->app + "/" + ref->service;
    target.query = with_parameter("", "tenant", ref->tenant);
    target.services.push_back(std::move(*ref));
    co_return target;
  }
  auto list = with_target("/v1/services", name);
  if (!list) co_return forward_error(list);
  auto services = co_await api.list<model::Service>(*list, deadline);
  if (!services) co_return forward_error(services);
  target.path = "/v1/apps/" + name;
  for (const auto& service : *services) {
    target.services.push_back({service.tenant(), service.app(), service.name()});
  }
  co_return target;
}

ApiRequest request_for(Kind kind, const Target& target, int64_t replicas) {
  switch (kind) {
    case Kind::kScale:
      return ApiRequest("POST", target.path + "/scale" + target.query,
                        fmt::format("{{\"replicas\":{}}}", replicas));
    case Kind::kStop:
      return ApiRequest("POST", target.path + "/stop" + target.query, "{}");
    case Kind::kRemove:
      return ApiRequest("DELETE", target.path + target.query);
  }
  return ApiRequest("");
}

io::Async<ExitCode> run(Api& api, const Context& context, const ServiceVerbOptions& options, Kind kind,
                        TimePoint deadline) {
  const TimePoint soon = std::min(deadline, api.loop().now() + kWriteTimeout);
  auto target = co_await find_target(api, options.target, soon);
  if (!target) co_return report(target.error());
  ApiRequest request = request_for(kind, *target, options.replicas);
  const auto answer = co_await api.send(std::move(request), soon);
  if (!answer) co_return report(answer.error());
  if (context.json) print_answer(answer);
  if (options.detach) co_return ExitCode::kDone;
  const auto until = kind == Kind::kRemove ? Followed::Until::kGone : Followed::Until::kSettled;
  std::vector<Followed> followed;
  for (auto& service : target->services) followed.push_back(Followed{std::move(service), "", until});
  Progress progress(context.json);
  co_return co_await follow(api, followed, progress, deadline);
}

ExitCode start(const Context& context, const ServiceVerbOptions& options, Kind kind) {
  return run_verb(context, kChangeTimeout,
                  [&](Api& api, TimePoint deadline) { return run(api, context, options, kind, deadline); });
}

}  // namespace

void add_scale(Command& root, const Context& context) {
  auto options = std::make_shared<ServiceVerbOptions>();
  Command& verb = root.verb("scale", "change how many Tasks a Service has");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.argument("N", options->replicas, "0..10000");
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] {
    if (options->target.find('/') == std::string::npos) {
      return report(
          Error{ErrorCode::kInvalid, options->target + ": want APP/SERVICE or TENANT/APP/SERVICE", {}});
    }
    return start(context, *options, Kind::kScale);
  });
}

void add_stop(Command& root, const Context& context) {
  auto options = std::make_shared<ServiceVerbOptions>();
  Command& verb = root.verb("stop", "stop all Tasks and keep the spec: the next deploy or scale starts them");
  verb.argument("APP[/SERVICE]", options->target, "what to stop");
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] { return start(context, *options, Kind::kStop); });
}

void add_rm(Command& root, const Context& context) {
  auto options = std::make_shared<ServiceVerbOptions>();
  Command& verb = root.verb("rm", "remove a Service or a whole app with all its Versions");
  verb.argument("APP[/SERVICE]", options->target, "what to remove");
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] { return start(context, *options, Kind::kRemove); });
}

}  // namespace hancock::cli
