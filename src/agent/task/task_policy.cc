#include "agent/task/task_policy.h"

#include "base/signal_name.h"
#include "hancock/spec.pb.h"
#include "model/time.h"

namespace hancock::agent {
namespace {

using model::defaults::value_or;

std::optional<ProbePolicy> probe_of(bool present, const model::ProbeSpec& spec) {
  if (!present || spec.kind_case() == model::ProbeSpec::KIND_NOT_SET) return std::nullopt;
  ProbePolicy policy;
  policy.interval = value_or(spec.has_interval(), spec.interval(), policy.interval);
  policy.timeout = value_or(spec.has_timeout(), spec.timeout(), policy.timeout);
  policy.start_period = value_or(spec.has_start_period(), spec.start_period(), policy.start_period);
  if (spec.rise() > 0) policy.rise = spec.rise();
  if (spec.fall() > 0) policy.fall = spec.fall();
  return policy;
}

RestartRule rule_of(model::RestartPolicy policy) {
  switch (policy) {
    case model::RESTART_POLICY_ON_FAILURE:
      return RestartRule::kOnFailure;
    case model::RESTART_POLICY_NEVER:
      return RestartRule::kNever;
    default:
      return RestartRule::kAlways;
  }
}

}  // namespace

TaskPolicy policy_of(const model::ServiceSpec& spec) {
  TaskPolicy policy;
  policy.image = spec.image();
  const auto& restart = spec.restart();
  policy.restart = rule_of(restart.policy());
  policy.backoff = value_or(restart.has_backoff(), restart.backoff(), policy.backoff);
  policy.backoff_max = value_or(restart.has_max_backoff(), restart.max_backoff(), policy.backoff_max);
  if (restart.attempts() > 0) policy.attempts = restart.attempts();
  policy.within = value_or(restart.has_within(), restart.within(), policy.within);
  policy.ready = probe_of(spec.probes().has_ready(), spec.probes().ready());
  policy.live = probe_of(spec.probes().has_live(), spec.probes().live());
  const auto& update = spec.update();
  policy.min_healthy_time =
      value_or(update.has_min_healthy_time(), update.min_healthy_time(), policy.min_healthy_time);
  policy.has_pre_stop = update.pre_stop().exec().command_size() > 0;
  policy.kill_signal = parse_signal(update.kill_signal()).value_or(policy.kill_signal);
  policy.kill_timeout = value_or(update.has_kill_timeout(), update.kill_timeout(), policy.kill_timeout);
  policy.memory_bytes = spec.resources().memory_bytes();
  const auto& disconnect = spec.disconnect();
  if (disconnect.has_stop_after()) policy.stop_after = model::from_proto(disconnect.stop_after());
  return policy;
}

}  // namespace hancock::agent
