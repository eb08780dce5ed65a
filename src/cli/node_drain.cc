// `hancock node drain N`, `node undrain N`.
#include <cstdio>
#include <memory>

#include "cli/patience.h"
#include "cli/progress.h"
#include "cli/run_verb.h"
#include "cli/show.h"
#include "cli/verbs.h"
#include "hancock/model.pb.h"
#include "model/names.h"
#include "model/units.h"

namespace hancock::cli {
namespace {

struct DrainOptions {
  std::string node;
  std::string deadline;
  bool detach = false;
};

constexpr Duration kWholeDrain = 24h;  // how long it may take is the operator's to say
constexpr Duration kDrainLook = 500ms;

/// Until nothing runs there any more.
io::Async<ExitCode> watch_drain(Api& api, const Context& context, std::string path, std::string node,
                                TimePoint deadline) {
  Progress progress(context.json);
  Patience patience;
  patience.heard(api.loop().now());
  while (api.loop().now() < deadline) {
    const auto now =
        co_await api.get<model::Node>(path, std::min(deadline, api.loop().now() + kRequestTimeout));
    if (now) {
      patience.heard(api.loop().now());
      const uint64_t left = now->used().tasks();
      progress.update(node, left == 0 ? "drained" : fmt::format("draining, {} Tasks are there", left));
      if (left == 0) co_return ExitCode::kDone;
      if (!now->has_drain_since())
        co_return report(Error{ErrorCode::kConflict, node + ": its drain was taken back", {}});
    } else if (!patience.bears(now.error(), api.loop().now())) {
      co_return report(now.error());
    }
    co_await api.loop().sleep_for(kDrainLook);
  }
  co_return ExitCode::kTimeout;
}

io::Async<ExitCode> drain(Api& api, const Context& context, const DrainOptions& options, std::string verb,
                          TimePoint deadline) {
  const std::string path = "/v1/nodes/" + options.node;
  const bool has_deadline = !options.deadline.empty();
  ApiRequest request("POST", path + "/" + verb,
                     has_deadline ? fmt::format("{{\"deadline\":\"{}\"}}", options.deadline) : "{}");
  const auto answer =
      co_await api.send(std::move(request), std::min(deadline, api.loop().now() + kWriteTimeout));
  if (!answer) co_return report(answer.error());
  if (context.json) print_answer(answer);
  if (options.detach || verb == "undrain") co_return ExitCode::kDone;
  co_return co_await watch_drain(api, context, path, options.node, deadline);
}

ExitCode start_drain(const Context& context, const DrainOptions& options, const std::string& verb) {
  if (!model::is_name(options.node)) {
    return report(Error{
        ErrorCode::kInvalid, fmt::format("{}: a Node's name is {}", options.node, model::kNameRule), {}});
  }
  if (!options.deadline.empty() && !model::parse_duration(options.deadline)) {
    return report(
        Error{ErrorCode::kInvalid, options.deadline + ": --deadline wants a duration, like 5m", {}});
  }
  return run_verb(context, kWholeDrain,
                  [&](Api& api, TimePoint deadline) { return drain(api, context, options, verb, deadline); });
}

}  // namespace

void add_node_drain(Command& group, const Context& context) {
  auto options = std::make_shared<DrainOptions>();
  Command& drain = group.verb("drain", "its Tasks go elsewhere; returns when none is left there");
  drain.argument("N", options->node, "its name");
  drain.option("--deadline", options->deadline, "they leave after that, whether or not others serve: 5m");
  drain.flag("--detach", options->detach, "do not wait");
  drain.action([&context, options] { return start_drain(context, *options, "drain"); });
  auto back = std::make_shared<DrainOptions>();
  Command& undrain = group.verb("undrain", "Tasks may be placed there again");
  undrain.argument("N", back->node, "its name");
  undrain.action([&context, back] { return start_drain(context, *back, "undrain"); });
}

}  // namespace hancock::cli
