#include "master/core/barriers.h"

#include <fmt/format.h>

#include "master/core/events.h"
#include "master/core/service_edit.h"
#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {
namespace {

using registry::Barrier;
using registry::Position;

std::set<std::string> concerned_keys(const State& state, const Barrier& barrier, const ServiceRef* service) {
  auto route = [&](const ServiceRef& ref) { return state.keys().route(ref.tenant, ref.app, ref.service); };
  std::set<std::string> keys{state.keys().barrier(barrier.id)};
  if (service) keys.insert(route(*service));
  for (const std::string& id : barrier.tasks) {
    const auto* task = state.task(id);
    if (!task) continue;
    keys.insert(route(service_of(task->value)));
    keys.insert(state.keys().endpoint(task->value.node(), id));
  }
  return keys;
}

/// The running Deployment whose switch this barrier is.
const model::Deployment* owner_of(const State& state, const std::string& barrier) {
  for (const auto& [id, deployment] : state.deployments())
    if (deployment.value.barrier() == barrier && is_running(deployment.value)) return &deployment.value;
  return nullptr;
}

Duration drain_timeout_of(const State& state, const model::Task& task) {
  const auto* version = state.version(service_of(task), task.version());
  return drain_timeout(version ? version->value.spec().update() : model::UpdateSpec());
}

/// One barrier's part of a round.
class Leaving {
 public:
  Leaving(Round& round, const Registered<Barrier>& barrier) : round_(round), barrier_(barrier) {}

  void run() {
    const model::Deployment* owner = owner_of(round_.state, barrier_.value.id);
    if (owner && owner->phase() <= model::DEPLOYMENT_PHASE_SWITCH) return;
    const BarrierProgress progress =
        owner ? BarrierProgress{true, {}, {}} : progress_of(round_.state, barrier_);
    bool has_live = false;
    for (const std::string& id : barrier_.value.tasks) {
      const auto* task = round_.state.task(id);
      has_live |=
          task ? is_live(task->value) : round_.state.is_unreadable(round_.state.state_keys().task(id));
      if (!task || !leaves(task->value)) continue;
      if (!progress.is_acknowledged) wait_for(service_of(task->value), progress);
      advance(*task, progress.is_acknowledged);
    }
    if (!has_live && !owner) {
      change_.erase(round_.state.keys().barrier(barrier_.value.id), barrier_.revision);
      change_.why = fmt::format("barrier {}: all its Tasks have ended", barrier_.value.id);
    }
    round_.add(std::move(change_));
  }

 private:
  bool leaves(const model::Task& task) const {
    return is_live(task) && task.intent() == model::TASK_INTENT_DRAIN &&
           task.barrier() == barrier_.value.id && round_.is_settled(task.node());
  }

  void wait_for(const ServiceRef& service, const BarrierProgress& progress) {
    round_.plan.waiting[service] = progress.refused.empty() ? progress.waiting : progress.refused;
  }

  void advance(const Stored<model::Task>& before, bool is_acknowledged) {
    model::Task task = before.value;
    if (!task.has_acknowledged_at()) {
      if (!is_acknowledged) return;
      *task.mutable_acknowledged_at() = model::to_proto(round_.wall);
    }
    const uint64_t open = in_flight(round_.state, task.id());
    const WallTime deadline = round_.deadline(task.acknowledged_at(), drain_timeout_of(round_.state, task));
    // Whoever has to apply it again (a lease was lost and made anew) has not said yet what is in flight.
    if ((open == 0 && is_acknowledged) || round_.wall >= deadline)
      task.set_intent(model::TASK_INTENT_RELEASE);
    else
      round_.look_again(deadline);
    if (task.intent() == before.value.intent() && before.value.has_acknowledged_at()) return;
    if (!change_.has_room_for(1)) return;  // the next round's
    change_.replace(round_.state.state_keys().task(task.id()), task, before.revision);
    change_.why = fmt::format("barrier {}: Tasks are let go", barrier_.value.id);
    if (task.intent() != model::TASK_INTENT_RELEASE) return;
    change_.events.push_back(event_of("task.released", task, round_.wall));
    (*change_.events.back().mutable_figures())["in_flight"] = static_cast<double>(open);
  }

  Round& round_;
  const Registered<Barrier>& barrier_;
  Change change_;
};

}  // namespace

BarrierProgress progress_of(const State& state, const Registered<Barrier>& barrier,
                            const ServiceRef* service) {
  BarrierProgress progress;
  Position after = barrier.value.after;
  if (after.revision.value() == 0) after.revision = barrier.revision;
  const auto keys = concerned_keys(state, barrier.value, service);
  for (const auto& [id, gateway] : state.gateways()) {
    if (gateway.value.applied < after) {
      progress.waiting = fmt::format("gateway {} has not applied it yet", id);
      continue;
    }
    for (const auto& [key, reason] : gateway.value.refused)
      if (keys.contains(key)) progress.refused = fmt::format("gateway {} refuses {}: {}", id, key, reason);
  }
  const std::string gateways = state.keys().gateways();
  for (auto it = state.unreadable().lower_bound(gateways);
       it != state.unreadable().end() && it->first.starts_with(gateways); ++it)
    progress.waiting = fmt::format("the record {} cannot be read", it->first);
  progress.is_acknowledged = progress.waiting.empty() && progress.refused.empty();
  return progress;
}

uint64_t in_flight(const State& state, std::string_view task) {
  uint64_t open = 0;
  for (const auto& [id, gateway] : state.gateways()) {
    auto it = gateway.value.in_flight.find(std::string(task));
    if (it != gateway.value.in_flight.end()) open += it->second;
  }
  return open;
}

void reconcile_barriers(Round& round) {
  for (const auto& [id, barrier] : round.state.barriers()) Leaving(round, barrier).run();
}

}  // namespace hancock::master
