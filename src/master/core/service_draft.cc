#include "master/core/service_draft.h"

#include <fmt/format.h>

#include <utility>

#include "master/core/events.h"
#include "master/core/routes.h"
#include "model/time.h"

namespace hancock::master {

void ServiceDraft::put_task(const StoredTask& before, const model::Task& after) {
  change_.replace(state().state_keys().task(after.id()), after, before.revision);
  needs_lock_ = true;
}

void ServiceDraft::add_task(const model::Task& task, std::string reason) {
  change_.replace(state().state_keys().task(task.id()), task, {});
  change_.events.push_back(event_of("task.assigned", task, round_.wall));
  change_.events.back().set_message(std::move(reason));
  needs_lock_ = true;
}

void ServiceDraft::put_deployment(const model::Deployment& after) {
  change_.replace(state().state_keys().deployment(after.id()), after, view_.deployment->revision);
}

void ServiceDraft::end_deployment(model::DeploymentState end, std::string_view kind, std::string_view cause,
                                  std::string message) {
  model::Deployment ended = view_.deployment->value;
  ended.set_state(end);
  ended.set_message(std::move(message));
  *ended.mutable_ended_at() = model::to_proto(round_.wall);
  put_deployment(ended);
  service_.clear_deployment();
  needs_lock_ = true;
  change_.events.push_back(event_of(kind, ended, round_.wall));
  change_.events.back().set_cause(std::string(cause));
  because(fmt::format("deployment {}: {}", ended.id(), kind));
}

void ServiceDraft::hold_deployment(std::string_view cause, std::string message) {
  end_deployment(model::DEPLOYMENT_STATE_FAILED, "deployment.failed", cause, std::move(message));
  service_.set_deployment(view_.deployment->value.id());
}

void ServiceDraft::put_route(const model::ServiceSpec& spec, const Split& split) {
  if (spec.routes_size() == 0) return erase_route();
  service_.set_route_generation(service_.route_generation() + 1);
  needs_lock_ = true;
  const std::string key = state().keys().route(view_.ref.tenant, view_.ref.app, view_.ref.service);
  registry::Route route = route_of(view_.ref, spec, split, service_.route_generation());
  if (view_.route) {
    change_.replace(key, registry::encode(route, view_.route->text), view_.route->revision);
    return;
  }
  change_.replace(key, registry::encode(route), state().unreadable_revision(key));
}

void ServiceDraft::erase_route() {
  const std::string key = state().keys().route(view_.ref.tenant, view_.ref.app, view_.ref.service);
  auto bad = state().unreadable().find(key);
  if (view_.route)
    change_.erase(key, view_.route->revision);
  else if (bad != state().unreadable().end())
    change_.erase(key, bad->second.revision);
  else
    return;
  service_.set_route_generation(service_.route_generation() + 1);
  needs_lock_ = true;
}

std::string ServiceDraft::put_barrier(std::vector<std::string> tasks) {
  registry::Barrier barrier;
  barrier.id = round_.random.id(10);
  barrier.tasks = std::move(tasks);
  barrier.after.epoch = state().leader().value.epoch();
  change_.replace(state().keys().barrier(barrier.id), registry::encode(barrier), {});
  needs_lock_ = true;
  return barrier.id;
}

void ServiceDraft::erase_barrier(const std::string& id) {
  auto it = state().barriers().find(id);
  if (it != state().barriers().end()) change_.erase(state().keys().barrier(id), it->second.revision);
}

void ServiceDraft::because(std::string_view why) {
  change_.why +=
      change_.why.empty() ? fmt::format("{}: {}", view_.ref.to_string(), why) : fmt::format(", {}", why);
}

Change ServiceDraft::finish() {
  if (needs_lock_) change_.replace(state().state_keys().service(view_.ref), service_, view_.stored->revision);
  return std::move(change_);
}

}  // namespace hancock::master
