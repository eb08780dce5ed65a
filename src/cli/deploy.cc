// `hancock deploy FILE`: hands a spec to the Masters and returns when it serves, or says why not.
#include <cstdio>
#include <memory>

#include "cli/deploy_answer.h"
#include "cli/follow.h"
#include "cli/run_verb.h"
#include "cli/spec_file.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

struct DeployOptions {
  std::string file;  // "-": stdin
  bool detach = false;
  int64_t check_index = 0;
  std::vector<std::string> set;  // SERVICE.image=REF
};

constexpr Duration kDeployTimeout = 65min;  // the spec's own deadline (1 h by default) ends it first

io::Async<ExitCode> run(Api& api, const Context& context, const DeployOptions& options, TimePoint deadline) {
  auto spec = read_spec(options.file, options.set, context.tenant);
  if (!spec) co_return report(spec.error());
  std::string path = with_parameter("/v1/apps/" + spec->app, "tenant", spec->tenant);
  if (options.check_index > 0)
    path = with_parameter(path, "check_index", std::to_string(options.check_index));
  ApiRequest request("PUT", std::move(path), spec->text);
  request.content_type = "application/yaml";
  request.file = options.file == "-" ? "stdin" : options.file;
  auto answered = co_await api.send(std::move(request), std::min(deadline, api.loop().now() + kWriteTimeout));
  if (!answered) co_return report(answered.error());
  auto answer = parse_deploy_answer(*answered);
  if (!answer) co_return report(answer.error());
  if (context.json) std::printf("%s\n", answered->c_str());
  if (options.detach) co_return ExitCode::kDone;
  std::vector<Followed> followed;
  for (const auto& [service, started] : answer->services) {
    followed.push_back({model::ServiceRef{spec->tenant, spec->app, service}, started.deployment,
                        started.removed ? Followed::Until::kGone : Followed::Until::kSettled});
  }
  Progress progress(context.json);
  co_return co_await follow(api, followed, progress, deadline);
}

}  // namespace

ExitCode deploy(const Context& context, const DeployOptions& options) {
  return run_verb(context, kDeployTimeout,
                  [&](Api& api, TimePoint deadline) { return run(api, context, options, deadline); });
}

void add_deploy(Command& root, const Context& context) {
  auto options = std::make_shared<DeployOptions>();
  Command& verb =
      root.verb("deploy", "run what a spec file asks for; returns when it serves, or says why not");
  verb.argument("FILE", options->file, "the spec, YAML or JSON; - reads stdin");
  verb.flag("--detach", options->detach, "do not wait");
  verb.option("--check-index", options->check_index, "refuse when the app has changed since that index");
  verb.option("--set", options->set, "SERVICE.image=REF: another image than the file's");
  verb.action([&context, options] { return deploy(context, *options); });
}

}  // namespace hancock::cli
