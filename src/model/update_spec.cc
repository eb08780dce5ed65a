#include <fmt/core.h>

#include "model/spec_defaults.h"
#include "model/spec_parts.h"
#include "model/units.h"

namespace hancock::model::spec {
namespace {

Scalar<std::string> signal_name() {
  std::vector<std::pair<std::string_view, std::string>> words;
  for (const char* word :
       {"SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL"}) {
    words.emplace_back(word, word);
  }
  return one_of(std::move(words));
}

}  // namespace

const Schema<UpdateSpec>& update_schema() {
  static const Schema<UpdateSpec> schema({
      defaulted("strategy",
                one_of<UpdateStrategy>({{"blue-green", UPDATE_STRATEGY_BLUE_GREEN}},
                                       {"rolling", "canary", "recreate"}),
                "blue-green", &UpdateSpec::set_strategy),
      defaulted("min_healthy_time", duration(0s), defaults::kMinHealthyTime,
                into(&UpdateSpec::mutable_min_healthy_time)),
      defaulted("healthy_deadline", duration(1ms), defaults::kHealthyDeadline,
                into(&UpdateSpec::mutable_healthy_deadline)),
      defaulted("progress_deadline", duration(1ms), defaults::kProgressDeadline,
                into(&UpdateSpec::mutable_progress_deadline)),
      defaulted("deadline", duration(1ms), defaults::kDeadline, into(&UpdateSpec::mutable_deadline)),
      defaulted("drain_timeout", duration(0s), defaults::kDrainTimeout,
                into(&UpdateSpec::mutable_drain_timeout)),
      defaulted("kill_timeout", duration(0s), defaults::kKillTimeout,
                into(&UpdateSpec::mutable_kill_timeout)),
      defaulted("kill_signal", signal_name(), "SIGTERM", into(&UpdateSpec::mutable_kill_signal)),
      not_yet<UpdateSpec>("pre_stop"),
      not_yet<UpdateSpec>("auto_rollback", "true"),
      not_yet<UpdateSpec>("max_parallel"),
      not_yet<UpdateSpec>("max_surge"),
      not_yet<UpdateSpec>("canary"),
      not_yet<UpdateSpec>("weights"),
      not_yet<UpdateSpec>("step"),
      not_yet<UpdateSpec>("auto_promote", "false"),
      not_yet<UpdateSpec>("evidence"),
      defaulted("keep_versions", whole_number(1, 1'000), "10", &UpdateSpec::set_keep_versions),
  });
  return schema;
}

void check_update(Report& report, const Place& update, const UpdateSpec& spec) {
  const Duration healthy = from_proto(spec.min_healthy_time());
  const Duration deadline = from_proto(spec.healthy_deadline());
  if (!spec.has_min_healthy_time() || !spec.has_healthy_deadline() || healthy < deadline) return;
  // What is written is what can be mended.
  if (const Place place = update.at("min_healthy_time"); place.written()) {
    report.wrong(place, fmt::format("less than healthy_deadline, {}", format_duration(deadline)));
  } else {
    report.wrong(update.at("healthy_deadline"),
                 fmt::format("more than min_healthy_time, {}", format_duration(healthy)));
  }
}

}  // namespace hancock::model::spec
