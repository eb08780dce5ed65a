#include "master/core/crowd.h"

#include "master/core/deploy_checks.h"

namespace hancock::master {

Crowds crowds_of(const State& state, const ServiceView& view) {
  Crowds crowds;
  for (const StoredTask* task : view.live) {
    Crowd& crowd = crowds[task->value.version()];
    if (!is_staying(task->value) || task->value.hopeless()) {
      ++crowd.leaving;
      continue;
    }
    ++crowd.staying;
    const auto* version = state.version(view.ref, task->value.version());
    crowd.serving += is_ready(state, task->value, version ? version->value.spec() : model::ServiceSpec());
  }
  return crowds;
}

}  // namespace hancock::master
