// `hancock plan FILE`: what `deploy` would do with it.
#include <cstdio>
#include <memory>

#include "cli/diff_answer.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/spec_file.h"
#include "cli/verbs.h"

namespace hancock::cli {
namespace {

struct PlanOptions {
  std::string file;
  std::vector<std::string> set;
};

io::Async<ExitCode> plan(Api& api, const Context& context, const PlanOptions& options, TimePoint deadline) {
  auto spec = read_spec(options.file, options.set, context.tenant);
  if (!spec) co_return report(spec.error());
  ApiRequest request("POST", with_parameter("/v1/plan", "tenant", spec->tenant), spec->text);
  request.content_type = "application/yaml";
  request.file = options.file == "-" ? "stdin" : options.file;
  const auto answer = co_await api.send(std::move(request), deadline);
  if (context.json || !answer) co_return print_answer(answer);
  const auto lines = plan_lines(*answer, spec->app);
  if (!lines) co_return report(lines.error());
  for (const std::string& line : *lines) std::printf("%s\n", line.c_str());
  co_return ExitCode::kDone;
}

}  // namespace

void add_plan(Command& root, const Context& context) {
  auto options = std::make_shared<PlanOptions>();
  Command& verb = root.verb("plan", "what deploy would do with a spec file; nothing is changed");
  verb.argument("FILE", options->file, "the spec, YAML or JSON; - reads stdin");
  verb.option("--set", options->set, "SERVICE.image=REF: another image than the file's");
  verb.action([&context, options] {
    return run_verb(context, kRequestTimeout,
                    [&](Api& api, TimePoint deadline) { return plan(api, context, *options, deadline); });
  });
}

}  // namespace hancock::cli
