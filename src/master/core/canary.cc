// Canary: a few new ones serve beside all the old ones, by the weights of the spec or as many as they are.
// After each step of them, and once it is promoted, all the others start and are switched to.
#include <fmt/format.h>

#include <algorithm>

#include "master/core/strategy.h"
#include "master/core/timing.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master {
namespace {

constexpr uint32_t kWhole = 100;  // percent

/// Of the visitors, at the Deployment's step; 0: as many as it has Tasks.
uint32_t weight_at(const model::UpdateSpec& update, uint32_t step) {
  const auto& weights = update.weights();
  if (weights.empty()) return 0;
  return weights.Get(static_cast<int>(std::min<uint32_t>(step, static_cast<uint32_t>(weights.size()) - 1)));
}

uint32_t tasks_at(const model::UpdateSpec& update, const model::Deployment& deployment) {
  const uint32_t wanted = deployment.wanted();
  if (deployment.promoted()) return wanted;
  const uint32_t first = update.has_canary() ? update.canary() : defaults::kCanary;
  const uint32_t weight = weight_at(update, deployment.step());
  return std::min(wanted, std::max(first, (wanted * weight + kWhole - 1) / kWhole));
}

/// Visitors have come since the step began; of the first one not before its Tasks are ready.
bool has_begun(const model::Deployment& deployment) { return deployment.has_step_since(); }

bool is_last(const model::UpdateSpec& update, uint32_t step) {
  return step + 1 >= static_cast<uint32_t>(update.weights_size());
}

std::map<uint32_t, uint32_t> split_at(const Standing& is, const Aim& aim, uint32_t to) {
  const model::UpdateSpec& update = is.update(to);
  const model::Deployment& deployment = *is.deployment;
  if (!has_begun(deployment) && deployment.step() == 0) return aim_of_serving(is, to).split;
  // Until a step has begun the weight is that of the one before.
  const uint32_t step = has_begun(deployment) ? deployment.step() : deployment.step() - 1;
  const uint32_t weight = weight_at(update, step);
  auto split = split_by_tasks(is, aim.tasks);
  if (weight > 0 && split.size() == 2 && split.contains(to) && split.contains(is.version))
    split = {{is.version, kWhole - weight}, {to, weight}};
  return split;
}

void go_on(ServiceDraft& draft, const model::Deployment& next, std::string why) {
  draft.put_deployment(next);
  draft.because(why);
}

Duration step_of(const model::UpdateSpec& update) {
  return defaults::value_or(update.has_step(), update.step(), defaults::kStep);
}

/// The step has lasted as long as it should: the next one, the promotion, or the owner's word.
bool end_step(ServiceDraft& draft, const model::UpdateSpec& update, model::Deployment next) {
  if (!is_last(update, next.step())) {
    next.set_step(next.step() + 1);
    next.clear_step_since();
    *next.mutable_progress_at() = model::to_proto(draft.round().wall);
    go_on(draft, next, fmt::format("canary: on to {} % of the visitors", weight_at(update, next.step())));
    return true;
  }
  if (update.auto_promote()) {
    next.set_promoted(true);
    *next.mutable_progress_at() = model::to_proto(draft.round().wall);
    go_on(draft, next, "canary: it is promoted");
    return true;
  }
  if (next.state() == model::DEPLOYMENT_STATE_PAUSED) return false;
  next.set_state(model::DEPLOYMENT_STATE_PAUSED);
  next.set_message("the canary waits for its promotion");
  go_on(draft, next, "canary: it waits for its promotion");
  return true;
}

}  // namespace

Aim aim_canary(const Standing& is) {
  const uint32_t to = is.deployment->to_version();
  Aim aim = aim_of_serving(is, to);
  aim.tasks[to] = tasks_at(is.update(to), *is.deployment);
  aim.split = split_at(is, aim, to);
  return aim;
}

bool step_canary(ServiceDraft& draft, const Standing& is) {
  const model::Deployment& deployment = *is.deployment;
  const uint32_t to = deployment.to_version();
  const model::UpdateSpec& update = is.update(to);
  Round& round = draft.round();
  if (deployment.promoted()) return false;
  if (has_begun(deployment)) {
    const WallTime end = round.deadline(deployment.step_since(), step_of(update));
    if (round.wall >= end) return end_step(draft, update, deployment);
    round.look_again(end);
    return false;
  }
  if (is.crowd(to).serving < tasks_at(update, deployment)) return false;
  model::Deployment next = deployment;
  next.set_ready(is.crowd(to).serving);
  next.clear_message();
  *next.mutable_step_since() = model::to_proto(round.wall);
  go_on(draft, next, "canary: visitors come to it");
  return true;
}

}  // namespace hancock::master
