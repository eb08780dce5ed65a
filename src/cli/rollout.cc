// `hancock rollback SERVICE [VERSION]`, `restart SERVICE`, `promote SERVICE`: what goes on to another Version
// without a spec file.
#include <cstdio>
#include <memory>

#include "base/number.h"
#include "cli/deploy_answer.h"
#include "cli/follow.h"
#include "cli/run_verb.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

struct RolloutOptions {
  std::string target;
  std::string version;  // "": the one before
  bool detach = false;
};

constexpr Duration kWholeRollout = 65min;  // the spec's own deadline (1 h by default) ends it first

// `verb` is the last part of the path.
io::Async<ExitCode> roll_out(Api& api, const Context& context, const RolloutOptions& options,
                             std::string verb, std::string body, TimePoint deadline) {
  const auto ref = model::parse_service_ref(options.target, "");
  if (!ref) co_return report(ref.error());
  std::string path = "/v1/services/" + ref->app + "/" + ref->service + "/" + verb;
  ApiRequest request("POST", with_parameter(std::move(path), "tenant", ref->tenant), std::move(body));
  const auto answered =
      co_await api.send(std::move(request), std::min(deadline, api.loop().now() + kWriteTimeout));
  if (!answered) co_return report(answered.error());
  const auto started = parse_started(*answered);
  if (!started) co_return report(started.error());
  if (context.json) std::printf("%s\n", answered->c_str());
  if (options.detach) co_return ExitCode::kDone;
  std::vector<Followed> followed;
  followed.push_back(Followed{*ref, started->deployment, Followed::Until::kSettled});
  Progress progress(context.json);
  co_return co_await follow(api, followed, progress, deadline);
}

ExitCode start_rollout(const Context& context, const RolloutOptions& options, const std::string& verb,
                       const std::string& body) {
  return run_verb(context, kWholeRollout, [&](Api& api, TimePoint deadline) {
    return roll_out(api, context, options, verb, body, deadline);
  });
}

}  // namespace

void add_rollback(Command& root, const Context& context) {
  auto options = std::make_shared<RolloutOptions>();
  Command& verb = root.verb("rollback", "go back to an earlier Version of a Service");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.argument("VERSION", options->version, "its number; else the one that served before",
                Presence::kOptional);
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] {
    if (!options->version.empty() && !parse_number<uint32_t>(options->version)) {
      return report(Error{ErrorCode::kInvalid, options->version + ": want a Version's number", {}});
    }
    const std::string body =
        options->version.empty() ? "{}" : fmt::format("{{\"version\":{}}}", options->version);
    return start_rollout(context, *options, "rollback", body);
  });
}

void add_restart(Command& root, const Context& context) {
  auto options = std::make_shared<RolloutOptions>();
  Command& verb = root.verb("restart", "new Tasks in the place of those that run, as its update says");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] { return start_rollout(context, *options, "restart", "{}"); });
}

void add_promote(Command& root, const Context& context) {
  auto options = std::make_shared<RolloutOptions>();
  Command& verb = root.verb("promote", "the canary of a Service takes over");
  verb.argument("SERVICE", options->target, "APP/SERVICE or TENANT/APP/SERVICE");
  verb.flag("--detach", options->detach, "do not wait");
  verb.action([&context, options] { return start_rollout(context, *options, "promote", "{}"); });
}

}  // namespace hancock::cli
