#include "model/spec_parts.h"

namespace hancock::model::spec {

const Schema<DisconnectSpec>& disconnect_schema() {
  static const Schema<DisconnectSpec> schema({
      defaulted("lost_after", duration(1s), "60s", into(&DisconnectSpec::mutable_lost_after)),
      optional("replace", boolean(), &DisconnectSpec::set_replace),
      optional("reconcile",
               one_of<Reconcile>({{"keep_original", RECONCILE_KEEP_ORIGINAL},
                                  {"keep_replacement", RECONCILE_KEEP_REPLACEMENT}}),
               &DisconnectSpec::set_reconcile),
      not_yet<DisconnectSpec>("offline", "run"),
  });
  return schema;
}

}  // namespace hancock::model::spec
