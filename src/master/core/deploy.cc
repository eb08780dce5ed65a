#include "master/core/deploy.h"

#include <fmt/format.h>

#include <algorithm>

#include "master/core/barriers.h"
#include "master/core/deploy_checks.h"
#include "master/core/endpoints.h"
#include "master/core/events.h"
#include "master/core/evidence.h"
#include "master/core/switch.h"
#include "master/core/timing.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::master {
namespace {

using model::Deployment;
using model::DeploymentPhase;

void enter(Deployment& deployment, DeploymentPhase phase, WallTime wall) {
  deployment.set_phase(phase);
  *deployment.mutable_phase_since() = model::to_proto(wall);
}

/// What it has brought goes again, as aim_of_serving() says; or all stays as it is.
void fail(ServiceDraft& draft, const DeploymentView& view, Failure failure) {
  const bool is_taken_back =
      !view.to || !view.to->spec().update().has_auto_rollback() || view.to->spec().update().auto_rollback();
  if (!is_taken_back) return draft.hold_deployment(failure.cause, std::move(failure.message));
  const bool has_old = view.deployment.from_version() != 0;
  draft.end_deployment(has_old ? model::DEPLOYMENT_STATE_ROLLED_BACK : model::DEPLOYMENT_STATE_FAILED,
                       has_old ? "deployment.rolled_back" : "deployment.failed", failure.cause,
                       std::move(failure.message));
}

/// By those visitors who have come to the new Version beside the one that serves, where its spec asks for it.
std::optional<Failure> bad_evidence(const ServiceDraft& draft, const DeploymentView& view) {
  if (!view.to || !view.to->spec().update().has_evidence()) return std::nullopt;
  auto objection =
      objection_to(view.deployment.to_version(), view.deployment.from_version(),
                   answers_of(draft.state(), draft.view().ref), evidence_bounds(view.to->spec().update()));
  if (!objection) return std::nullopt;
  return Failure{"evidence", std::move(*objection)};
}

bool before_switch(ServiceDraft& draft, const DeploymentView& view) {
  if (auto failure = bad_evidence(draft, view)) {
    fail(draft, view, std::move(*failure));
    return true;
  }
  const Standing standing = standing_of(draft.state(), draft.view());
  const Strategy& strategy = strategy_of(standing);
  if (view.to && view.ready >= view.deployment.wanted() && strategy.may_switch(view.deployment)) {
    switch_over(draft, view);
    return true;
  }
  if (auto failure = failure_of(draft.round(), draft.view(), view)) {
    fail(draft, view, std::move(*failure));
    return true;
  }
  return strategy.step(draft, standing);
}

/// Those who come to the new Tasks would find nobody at the old ones.
bool leads_back_to_nobody(const ServiceDraft& draft, const DeploymentView& view) {
  return view.ready > 0 && view.deployment.from_version() != 0 &&
         std::none_of(view.old.begin(), view.old.end(),
                      [&](const StoredTask* task) { return has_endpoint(draft.state(), task->value); });
}

/// Visitors go to the new Tasks; what the gateways say decides.
bool at_switch(ServiceDraft& draft, const DeploymentView& view) {
  Round& round = draft.round();
  const Deployment& deployment = view.deployment;
  auto barrier = round.state.barriers().find(deployment.barrier());
  if (barrier == round.state.barriers().end()) {
    if (round.state.is_unreadable(round.state.keys().barrier(deployment.barrier()))) return false;
    switch_again(draft, view);
    return true;
  }
  const BarrierProgress progress = progress_of(round.state, barrier->second, &draft.view().ref);
  if (!progress.refused.empty() && !leads_back_to_nobody(draft, view)) {
    switch_back(draft, view, "refused", progress.refused);
    return true;
  }
  Deployment next = deployment;
  if (progress.is_acknowledged) {
    enter(next, model::DEPLOYMENT_PHASE_DRAIN, round.wall);
    next.clear_message();
    draft.put_deployment(next);
    draft.because("every gateway has switched");
    return true;
  }
  const std::string& waiting = progress.refused.empty() ? progress.waiting : progress.refused;
  const Duration limit = whole_deadline(view.to ? view.to->spec().update() : model::UpdateSpec());
  const WallTime deadline = round.deadline(deployment.created_at(), limit);
  if (round.wall >= deadline) {
    switch_back(draft, view, "deadline",
                fmt::format("not done within {}: {}", model::format_duration(limit), waiting));
    return true;
  }
  round.look_again(deadline);
  round.plan.waiting[draft.view().ref] = waiting;
  next.set_message(waiting);
  if (next.message() != deployment.message()) {
    draft.put_deployment(next);
    draft.because(waiting);
  }
  return false;
}

bool is_released(const StoredTask* task) { return task->value.intent() == model::TASK_INTENT_RELEASE; }

void succeed(ServiceDraft& draft, const DeploymentView& view, std::string message) {
  draft.erase_barrier(view.deployment.barrier());
  draft.end_deployment(model::DEPLOYMENT_STATE_SUCCEEDED, "deployment.succeeded", {}, std::move(message));
}

/// The old Tasks drain and stop. They cannot fail the Deployment any more, and not hold it up for ever.
bool after_switch(ServiceDraft& draft, const DeploymentView& view) {
  Round& round = draft.round();
  const Deployment& deployment = view.deployment;
  if (view.old.empty()) {
    succeed(draft, view, {});
    return true;
  }
  const WallTime deadline = round.deadline(
      deployment.created_at(), whole_deadline(view.to ? view.to->spec().update() : model::UpdateSpec()));
  if (round.wall >= deadline && std::all_of(view.old.begin(), view.old.end(), is_released)) {
    succeed(
        draft, view,
        fmt::format("{} old Tasks are still stopping: {}", view.old.size(), describe(view.old[0]->value)));
    return true;
  }
  if (round.wall < deadline) round.look_again(deadline);
  if (deployment.phase() == model::DEPLOYMENT_PHASE_STOP ||
      !std::all_of(view.old.begin(), view.old.end(), is_released))
    return false;
  Deployment next = deployment;
  enter(next, model::DEPLOYMENT_PHASE_STOP, round.wall);
  draft.put_deployment(next);
  draft.because("the old Tasks stop");
  return true;
}

/// How far the Task that is furthest behind has come.
DeploymentPhase phase_of(const DeploymentView& view, const Aim& aim) {
  const auto now = aim.tasks.find(view.deployment.to_version());
  if (now == aim.tasks.end() || now->second == 0 || view.current.size() < now->second)
    return model::DEPLOYMENT_PHASE_PULL;
  DeploymentPhase phase = model::DEPLOYMENT_PHASE_READY;
  for (const StoredTask* task : view.current) {
    if (task->value.state() <= model::TASK_STATE_PULLING) return model::DEPLOYMENT_PHASE_PULL;
    if (task->value.state() == model::TASK_STATE_STARTING) phase = model::DEPLOYMENT_PHASE_START;
  }
  return phase;
}

/// What it waits for, for people.
std::string waiting_for(const ServiceDraft& draft, const DeploymentView& view, const std::string& problem) {
  if (!problem.empty()) return problem;
  for (const StoredTask* task : view.current)
    if (!is_ready(draft.state(), task->value, view.to->spec()) && !task->value.message().empty())
      return describe(task->value);
  return {};
}

}  // namespace

bool advance(ServiceDraft& draft) {
  if (!draft.view().deployment) return false;
  const DeploymentView view = deployment_view(draft.state(), draft.view());
  switch (view.deployment.phase()) {
    case model::DEPLOYMENT_PHASE_SWITCH:
      return at_switch(draft, view);
    case model::DEPLOYMENT_PHASE_DRAIN:
    case model::DEPLOYMENT_PHASE_STOP:
      return after_switch(draft, view);
    default:
      return before_switch(draft, view);
  }
}

void note_progress(ServiceDraft& draft, const Aim& aim, const std::string& problem) {
  if (!draft.view().is_before_switch()) return;
  const DeploymentView view = deployment_view(draft.state(), draft.view());
  if (!view.to) return;
  const Deployment& before = view.deployment;
  Deployment next = before;
  if (const DeploymentPhase phase = phase_of(view, aim); phase > next.phase())
    enter(next, phase, draft.round().wall);
  if (view.ready > next.ready()) *next.mutable_progress_at() = model::to_proto(draft.round().wall);
  next.set_ready(view.ready);
  if (next.state() != model::DEPLOYMENT_STATE_PAUSED) next.set_message(waiting_for(draft, view, problem));
  if (!next.message().empty()) draft.round().plan.waiting[draft.view().ref] = next.message();
  if (next.phase() == before.phase() && next.ready() == before.ready() && next.message() == before.message())
    return;
  draft.put_deployment(next);
  draft.because(fmt::format("deployment {}: {} of {} ready", next.id(), next.ready(), next.wanted()));
}

}  // namespace hancock::master
