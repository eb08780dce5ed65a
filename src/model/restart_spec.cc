#include <fmt/core.h>

#include "model/spec_defaults.h"
#include "model/spec_parts.h"
#include "model/units.h"

namespace hancock::model::spec {

const Schema<RestartSpec>& restart_schema() {
  static const Schema<RestartSpec> schema({
      defaulted("policy",
                one_of<RestartPolicy>({{"always", RESTART_POLICY_ALWAYS},
                                       {"on-failure", RESTART_POLICY_ON_FAILURE},
                                       {"never", RESTART_POLICY_NEVER}}),
                "always", &RestartSpec::set_policy),
      defaulted("backoff", duration(1ms), defaults::kBackoff, into(&RestartSpec::mutable_backoff)),
      defaulted("max_backoff", duration(1ms), defaults::kMaxBackoff, into(&RestartSpec::mutable_max_backoff)),
      defaulted("attempts", whole_number(1, 1'000), defaults::kAttempts, &RestartSpec::set_attempts),
      defaulted("within", duration(1ms), defaults::kWithin, into(&RestartSpec::mutable_within)),
  });
  return schema;
}

void check_restart(Report& report, const Place& restart, const RestartSpec& spec) {
  const Duration first = from_proto(spec.backoff());
  const Duration last = from_proto(spec.max_backoff());
  if (!spec.has_backoff() || !spec.has_max_backoff() || first <= last) return;
  // What is written is what can be mended.
  if (const Place place = restart.at("backoff"); place.written()) {
    report.wrong(place, fmt::format("at most max_backoff, {}", format_duration(last)));
  } else {
    report.wrong(restart.at("max_backoff"), fmt::format("at least backoff, {}", format_duration(first)));
  }
}

}  // namespace hancock::model::spec
