#include "master/core/service_edit.h"

#include <fmt/format.h>

#include <utility>

#include "master/core/events.h"
#include "model/time.h"

namespace hancock::master {

ServiceEdit::ServiceEdit(const State& state, const ServiceRef& ref, const Stored<model::Service>* before)
    : state_(state), ref_(ref), before_(before) {
  if (before_) {
    service_ = before_->value;
    running_ = running_deployment(state_, service_);
    return;
  }
  service_.set_tenant(ref.tenant);
  service_.set_app(ref.app);
  service_.set_name(ref.service);
}

bool ServiceEdit::has_held() const { return held_deployment(state_, service_) != nullptr; }

bool ServiceEdit::keeps_serving() const {
  return running_ && running_->value.phase() < model::DEPLOYMENT_PHASE_SWITCH && service_.version() != 0;
}

void ServiceEdit::end(model::DeploymentState state, std::string_view kind, std::string message,
                      WallTime wall) {
  service_.clear_deployment();
  if (!running_) return;
  model::Deployment ended = running_->value;
  ended.set_state(state);
  ended.set_message(std::move(message));
  *ended.mutable_ended_at() = model::to_proto(wall);
  change_.replace(state_.state_keys().deployment(ended.id()), ended, running_->revision);
  change_.events.push_back(event_of(kind, ended, wall));
  running_ = nullptr;
}

void ServiceEdit::supersede(std::string_view by, WallTime wall) {
  end(model::DEPLOYMENT_STATE_SUPERSEDED, "deployment.superseded", fmt::format("superseded by {}", by), wall);
}

void ServiceEdit::roll_back(std::string_view why, WallTime wall) {
  end(model::DEPLOYMENT_STATE_ROLLED_BACK, "deployment.rolled_back", std::string(why), wall);
}

void ServiceEdit::promote(WallTime wall) {
  model::Deployment deployment = running_->value;
  deployment.set_promoted(true);
  deployment.set_state(model::DEPLOYMENT_STATE_RUNNING);
  deployment.clear_message();
  *deployment.mutable_progress_at() = model::to_proto(wall);
  change_.replace(state_.state_keys().deployment(deployment.id()), deployment, running_->revision);
  change_.events.push_back(event_of("deployment.promoted", deployment, wall));
}

void ServiceEdit::halt(std::string_view by, WallTime wall) {
  supersede(by, wall);
  if (service_.stopped()) return;
  service_.set_replicas_before_stop(service_.replicas());
  service_.set_replicas(0);
  service_.set_stopped(true);
}

void ServiceEdit::remove(WallTime wall) {
  halt("a removal", wall);
  service_.set_removing(true);
  change_.why = fmt::format("{}: to be removed", ref_.to_string());
  change_.events.push_back(event_of("service.removing", ref_, wall));
}

void ServiceEdit::want(uint32_t replicas) {
  if (!running_ || running_->value.wanted() == replicas) return;
  model::Deployment deployment = running_->value;
  deployment.set_wanted(replicas);
  if (deployment.phase() >= model::DEPLOYMENT_PHASE_SWITCH) deployment.set_replicas_before(replicas);
  change_.replace(state_.state_keys().deployment(deployment.id()), deployment, running_->revision);
}

Change ServiceEdit::finish() {
  change_.replace(state_.state_keys().service(ref_), service_,
                  before_ ? before_->revision : store::Revision());
  return std::move(change_);
}

void touch_app(const State& state, const AppRef& ref, WallTime wall, Change& change) {
  model::App app;
  store::Revision revision;
  if (auto it = state.apps().find(ref); it != state.apps().end()) {
    app = it->second.value;
    revision = it->second.revision;
  } else {
    revision = state.unreadable_revision(state.state_keys().app(ref));
    app.set_tenant(ref.tenant);
    app.set_name(ref.app);
    *app.mutable_created_at() = model::to_proto(wall);
  }
  change.replace(state.state_keys().app(ref), app, revision);
  const std::string tenant_key = state.state_keys().tenant(ref.tenant);
  if (state.tenants().contains(ref.tenant) || state.is_unreadable(tenant_key)) return;
  model::Tenant tenant;
  tenant.set_name(ref.tenant);
  *tenant.mutable_created_at() = model::to_proto(wall);
  change.replace(tenant_key, tenant, {});
}

std::vector<ServiceRef> services_of(const State& state, const AppRef& app) {
  std::vector<ServiceRef> found;
  for (auto it = state.services().lower_bound(ServiceRef{app.tenant, app.app, {}});
       it != state.services().end() && it->first.tenant == app.tenant && it->first.app == app.app; ++it)
    found.push_back(it->first);
  return found;
}

const Stored<model::Deployment>* running_deployment(const State& state, const model::Service& service) {
  if (service.deployment().empty()) return nullptr;
  const auto* deployment = state.deployment(service.deployment());
  return deployment && is_running(deployment->value) ? deployment : nullptr;
}

const Stored<model::Deployment>* held_deployment(const State& state, const model::Service& service) {
  if (service.deployment().empty()) return nullptr;
  const auto* deployment = state.deployment(service.deployment());
  const bool is_held = deployment && deployment->value.state() == model::DEPLOYMENT_STATE_FAILED;
  return is_held ? deployment : nullptr;
}

}  // namespace hancock::master
