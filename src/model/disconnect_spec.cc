#include "model/spec_defaults.h"
#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

constexpr std::string_view kStopAfter = "stop_after ";

/// Zero: it runs on.
Scalar<Duration> offline() {
  return {"run, or stop_after and a duration from 1s to 365d, like stop_after 1h",
          [](std::string_view text) -> std::optional<Duration> {
            if (text == "run") return Duration::zero();
            if (!text.starts_with(kStopAfter)) return std::nullopt;
            return duration(1s).parse(text.substr(kStopAfter.size()));
          },
          {}};
}

}  // namespace

const Schema<DisconnectSpec>& disconnect_schema() {
  static const Schema<DisconnectSpec> schema({
      defaulted("lost_after", duration(1s), defaults::kLostAfter, into(&DisconnectSpec::mutable_lost_after)),
      optional("replace", boolean(), &DisconnectSpec::set_replace),
      optional("reconcile",
               one_of<Reconcile>({{"keep_original", RECONCILE_KEEP_ORIGINAL},
                                  {"keep_replacement", RECONCILE_KEEP_REPLACEMENT}}),
               &DisconnectSpec::set_reconcile),
      optional("offline", offline(),
               [](DisconnectSpec& spec, Duration after) {
                 if (after > Duration::zero()) *spec.mutable_stop_after() = to_proto(after);
               }),
  });
  return schema;
}

}  // namespace hancock::model::spec
