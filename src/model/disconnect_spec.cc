#include "model/spec_parts.h"

namespace hancock::model::spec {

const Schema<DisconnectSpec>& disconnect_schema() {
  static const Schema<DisconnectSpec> schema({
      defaulted("lost_after", duration(1s), "60s", into(&DisconnectSpec::mutable_lost_after)),
      not_yet<DisconnectSpec>("replace", "true"),
      not_yet<DisconnectSpec>("reconcile", "keep_original"),
      not_yet<DisconnectSpec>("offline", "run"),
  });
  return schema;
}

}  // namespace hancock::model::spec
