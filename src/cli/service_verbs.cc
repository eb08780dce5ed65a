#include "cli/service_verbs.h"

#include <cstdio>

#include "cli/api.h"
#include "cli/follow.h"
#include "cli/show.h"

namespace hancock::cli {
namespace {

constexpr Duration kWhole = 10min;

// One Service that the verb is about, and what it is asked.
struct Wanted {
  Followed followed;
  ApiRequest request;
};

std::string service_path(const model::ServiceRef& ref, const std::string& rest) {
  return with_parameter("/v1/services/" + ref.app + "/" + ref.service + rest, "tenant", ref.tenant);
}

// "APP/SERVICE" is itself; "APP" is all of its Services.
io::Async<Result<std::vector<model::ServiceRef>>> services_of(Api& api, std::string target,
                                                              TimePoint deadline) {
  if (target.find('/') != std::string::npos) {
    auto ref = model::parse_service_ref(target, "");
    if (!ref) co_return forward_error(ref);
    co_return std::vector<model::ServiceRef>{*ref};
  }
  auto path = with_target("/v1/services", target);
  if (!path) co_return forward_error(path);
  auto services = co_await api.list<model::Service>(*path, deadline);
  if (!services) co_return forward_error(services);
  if (services->empty()) co_return fail(ErrorCode::kNotFound, "there is no app {}", target);
  std::vector<model::ServiceRef> refs;
  for (const auto& service : *services) refs.push_back({service.tenant(), service.app(), service.name()});
  co_return refs;
}

io::Async<ExitCode> ask_and_follow(Api& api, const Context& context, std::vector<Wanted> wanted, bool detach,
                                   TimePoint deadline) {
  std::vector<Followed> followed;
  for (Wanted& one : wanted) {
    ApiRequest request = one.request;
    const auto answer =
        co_await api.send(std::move(request), std::min(deadline, api.loop().now() + kRequestTimeout));
    if (!answer) co_return report(answer.error());
    if (context.json) print_answer(answer);
    followed.push_back(std::move(one.followed));
  }
  if (detach) co_return ExitCode::kDone;
  Progress progress(context.json);
  co_return co_await follow(api, followed, progress, deadline);
}

enum class Kind { kScale, kStop, kRemove };

ApiRequest request_for(Kind kind, const model::ServiceRef& ref, int64_t replicas) {
  switch (kind) {
    case Kind::kScale:
      return ApiRequest("POST", service_path(ref, "/scale"), fmt::format("{{\"replicas\":{}}}", replicas));
    case Kind::kStop:
      return ApiRequest("POST", service_path(ref, "/stop"), "{}");
    case Kind::kRemove:
      return ApiRequest("DELETE", service_path(ref, ""));
  }
  return ApiRequest("");
}

io::Async<ExitCode> run(io::Loop& loop, const Context& context, const ServiceVerbOptions& options, Kind kind,
                        Duration timeout) {
  const TimePoint deadline = loop.now() + timeout;
  Api api(loop, context);
  auto refs = co_await services_of(api, options.target, loop.now() + kRequestTimeout);
  if (!refs) co_return report(refs.error());
  std::vector<Wanted> wanted;
  for (const auto& ref : *refs) {
    const auto until = kind == Kind::kRemove ? Followed::Until::kGone : Followed::Until::kSettled;
    wanted.push_back({Followed{ref, "", until}, request_for(kind, ref, options.replicas)});
  }
  co_return co_await ask_and_follow(api, context, std::move(wanted), options.detach, deadline);
}

ExitCode start(const Context& context, const ServiceVerbOptions& options, Kind kind) {
  const auto timeout = context.timeout_or(kWhole);
  if (!timeout) return report(timeout.error());
  io::Loop loop;
  return loop.block_on(run(loop, context, options, kind, *timeout));
}

}  // namespace

void add_scale(Command& root, const Context& context, ServiceVerbOptions& options) {
  Command& verb = root.verb("scale", "change how many Tasks a Service has");
  verb.argument("SERVICE", options.target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.argument("N", options.replicas, "0..10000");
  verb.flag("--detach", options.detach, "do not wait");
  verb.action([&context, &options] {
    if (options.target.find('/') == std::string::npos) {
      return report(
          Error{ErrorCode::kInvalid, options.target + ": want APP/SERVICE or TENANT/APP/SERVICE", {}});
    }
    return start(context, options, Kind::kScale);
  });
}

void add_stop(Command& root, const Context& context, ServiceVerbOptions& options) {
  Command& verb = root.verb("stop", "stop all Tasks and keep the spec: the next deploy or scale starts them");
  verb.argument("APP[/SERVICE]", options.target, "what to stop");
  verb.flag("--detach", options.detach, "do not wait");
  verb.action([&context, &options] { return start(context, options, Kind::kStop); });
}

void add_rm(Command& root, const Context& context, ServiceVerbOptions& options) {
  Command& verb = root.verb("rm", "remove a Service or a whole app with all its Versions");
  verb.argument("APP[/SERVICE]", options.target, "what to remove");
  verb.flag("--detach", options.detach, "do not wait");
  verb.action([&context, &options] { return start(context, options, Kind::kRemove); });
}

}  // namespace hancock::cli
