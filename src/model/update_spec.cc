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

const Schema<PreStopSpec>& pre_stop_schema() {
  static const Schema<PreStopSpec> schema({
      nested_if_written("exec", exec_schema(), &PreStopSpec::mutable_exec),
  });
  return schema;
}

const Schema<EvidenceSpec>& evidence_schema() {
  static const Schema<EvidenceSpec> schema({
      optional("max_5xx_percent", decimal(0, 100), &EvidenceSpec::set_max_5xx_percent),
      optional("max_p99_ratio", decimal(1, 1'000), &EvidenceSpec::set_max_p99_ratio),
      optional("min_requests", whole_number(1, 1'000'000), &EvidenceSpec::set_min_requests),
  });
  return schema;
}

}  // namespace

const Schema<UpdateSpec>& update_schema() {
  static const Schema<UpdateSpec> schema({
      defaulted("strategy",
                one_of<UpdateStrategy>({{"blue-green", UPDATE_STRATEGY_BLUE_GREEN},
                                        {"rolling", UPDATE_STRATEGY_ROLLING},
                                        {"canary", UPDATE_STRATEGY_CANARY},
                                        {"recreate", UPDATE_STRATEGY_RECREATE}}),
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
      nested_if_written("pre_stop", pre_stop_schema(), &UpdateSpec::mutable_pre_stop),
      optional("auto_rollback", boolean(), &UpdateSpec::set_auto_rollback),
      optional("max_parallel", whole_number(1, 10'000), &UpdateSpec::set_max_parallel),
      optional("max_surge", whole_number(1, 10'000), &UpdateSpec::set_max_surge),
      optional("canary", whole_number(1, 10'000), &UpdateSpec::set_canary),
      list("weights", "a list of percentages of the visitors, like [10, 50]", whole_number(1, 99),
           &UpdateSpec::add_weights),
      optional("step", duration(1ms), into(&UpdateSpec::mutable_step)),
      optional("auto_promote", boolean(), &UpdateSpec::set_auto_promote),
      nested_if_written("evidence", evidence_schema(), &UpdateSpec::mutable_evidence),
      defaulted("keep_versions", whole_number(1, 1'000), "10", &UpdateSpec::set_keep_versions),
  });
  return schema;
}

namespace {

/// A canary's steps must have ended before its Deployment has to.
void check_steps(Report& report, const Place& update, const UpdateSpec& spec) {
  if (spec.strategy() != UPDATE_STRATEGY_CANARY) return;
  const Duration step = defaults::value_or(spec.has_step(), spec.step(), defaults::kStep);
  const Duration whole = from_proto(spec.deadline());
  const int steps = std::max(1, spec.weights_size());
  if (!spec.has_deadline() || step < whole / steps) return;
  const Place place = update.at(update.at("step").written() ? "step" : "deadline");
  report.wrong(place, fmt::format("{} steps of {} within the deadline of {}", steps, format_duration(step),
                                  format_duration(whole)));
}

void check_strategy(Report& report, const Place& update, const UpdateSpec& spec) {
  const auto only_for = [&](UpdateStrategy strategy, std::initializer_list<std::string_view> keys,
                            std::string_view name) {
    for (const std::string_view key : keys)
      if (spec.strategy() != strategy && update.at(key).written())
        report.wrong(update.at(key), fmt::format("left out: it is of strategy {}", name));
  };
  only_for(UPDATE_STRATEGY_ROLLING, {"max_parallel", "max_surge"}, "rolling");
  only_for(UPDATE_STRATEGY_CANARY, {"canary", "weights", "step"}, "canary");
  const bool is_shared =
      spec.strategy() == UPDATE_STRATEGY_ROLLING || spec.strategy() == UPDATE_STRATEGY_CANARY;
  if (const Place evidence = update.at("evidence"); evidence.written() && !is_shared)
    report.wrong(evidence, "left out: it is of strategy rolling or canary");
  if (spec.auto_promote()) only_for(UPDATE_STRATEGY_CANARY, {"auto_promote"}, "canary");
}

void check_pre_stop(Report& report, const Place& update, const UpdateSpec& spec) {
  const Place pre_stop = update.at("pre_stop");
  if (!pre_stop.written() || !pre_stop.is(YamlNode::Kind::kMap)) return;
  const Place exec = pre_stop.at("exec");
  if (!exec.written()) return report.wrong(pre_stop, "a map with exec");
  if (exec.is(YamlNode::Kind::kMap)) check_exec(report, exec);
  if (spec.has_kill_timeout() && from_proto(spec.kill_timeout()) == 0s)
    report.wrong(update.at("kill_timeout"), "more than 0s: pre_stop has as long");
}

}  // namespace

void check_update(Report& report, const Place& update, const UpdateSpec& spec) {
  check_strategy(report, update, spec);
  check_pre_stop(report, update, spec);
  check_steps(report, update, spec);
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
