#include "master/core/returns.h"

#include "master/core/deploy_checks.h"
#include "master/core/timing.h"

namespace hancock::master {
namespace {

const model::ServiceSpec& spec_of(const State& state, const model::Task& task) {
  const auto* version = state.version(service_of(task), task.version());
  return version ? version->value.spec() : model::ServiceSpec::default_instance();
}

}  // namespace

const StoredTask* replacement_of(const ServiceView& view, const model::Task& task) {
  for (const StoredTask* other : view.live)
    if (other->value.replaces() == task.id() && is_staying(other->value)) return other;
  return nullptr;
}

bool keeps_its_place(const State& state, const ServiceView& view, const model::Task& task, bool has_room) {
  if (has_room) return true;
  if (!task.has_returned_at()) return false;
  return spec_of(state, task).disconnect().reconcile() == model::RECONCILE_KEEP_ORIGINAL &&
         replacement_of(view, task) != nullptr;
}

WallTime until(const Round& round, const model::Task& returned) {
  return round.deadline(returned.returned_at(), healthy_deadline(spec_of(round.state, returned).update()));
}

bool is_outdone(const Round& round, const ServiceView& view, const model::Task& task) {
  const State& state = round.state;
  if (task.replaces().empty()) return false;
  const StoredTask* original = state.task(task.replaces());
  if (!original || !is_staying(original->value) || service_of(original->value) != view.ref) return false;
  const model::ServiceSpec& spec = spec_of(state, original->value);
  if (spec.disconnect().reconcile() != model::RECONCILE_KEEP_ORIGINAL) return false;
  return is_ready(state, original->value, spec) || round.wall < until(round, original->value);
}

bool holds_its_place(const State& state, const model::Task& task) {
  return task.may_return() && !task.replaced() && !is_replaced_when_lost(spec_of(state, task).disconnect());
}

}  // namespace hancock::master
