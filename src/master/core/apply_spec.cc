#include <fmt/format.h>

#include <map>
#include <utility>

#include "master/core/claims.h"
#include "master/core/deployment_start.h"
#include "master/core/entrances.h"
#include "master/core/events.h"
#include "master/core/requests.h"
#include "master/core/service_edit.h"
#include "model/same_version.h"
#include "model/time.h"

namespace hancock::master {
namespace {

using Errors = std::vector<RequestError>;
using Specs = std::map<std::string, const model::ServiceSpec*>;

class Applying {
 public:
  Applying(const State& state, const model::AppSpec& spec, WallTime wall, Random& random)
      : state_(state), app_{spec.tenant(), spec.app()}, wall_(wall), random_(random) {
    for (const auto& [name, service] : spec.services()) specs_.emplace(name, &service);
  }

  RequestResult<ApplyOutcome> run() {
    check();
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    for (const auto& [name, spec] : specs_) apply_service(ref(name), *spec);
    remove_missing();
    if (!outcome_.changes.empty()) touch_app(state_, app_, wall_, outcome_.changes.front());
    return std::move(outcome_);
  }

 private:
  ServiceRef ref(const std::string& name) const { return {app_.tenant, app_.app, name}; }
  void check();
  void check_claims(const std::string& name, const model::ServiceSpec& spec);
  std::string owner_of(const std::string& name, const std::string& claim) const;
  void apply_service(const ServiceRef& service, const model::ServiceSpec& spec);
  std::string resize(ServiceEdit& edit, uint32_t replicas);
  std::string deploy(ServiceEdit& edit, const model::ServiceSpec& spec, bool is_changed);
  void remove_missing();

  const State& state_;
  const AppRef app_;
  const WallTime wall_;
  Random& random_;
  Specs specs_;
  std::map<std::string, std::string> claimed_here_;  // claim -> Service of this spec
  Errors errors_;
  ApplyOutcome outcome_;
};

void Applying::check() {
  for (const auto& [name, spec] : specs_) {
    const std::string key = state_.state_keys().service(ref(name));
    if (state_.is_unreadable(key))
      errors_.push_back(
          {ErrorCode::kUnavailable,
           fmt::format("the record of service {} cannot be read; an operator has to mend it", name),
           "services." + name,
           {},
           {}});
    check_claims(name, *spec);
  }
}

void Applying::check_claims(const std::string& name, const model::ServiceSpec& spec) {
  for (const auto& [claim, entry] : claims_of(spec)) {
    const std::string owner = owner_of(name, claim);
    claimed_here_.emplace(claim, name);
    if (owner.empty()) continue;
    errors_.push_back({ErrorCode::kConflict, fmt::format("{} {}", entry.value, owner),
                       fmt::format("services.{}.{}", name, entry.field), entry.value,
                       "an entrance that no other service has"});
  }
}

/// In words; "": Service `name` may have it.
std::string Applying::owner_of(const std::string& name, const std::string& claim) const {
  std::string owner = other_owner(state_, ref(name), claim);
  if (!owner.empty()) return owner;
  each_rival(claimed_here_, claim, [&](const std::string& other) {
    if (other != name) owner = fmt::format("is asked for by service {}, too", other);
  });
  return owner;
}

void Applying::apply_service(const ServiceRef& service, const model::ServiceSpec& spec) {
  ServiceEdit edit(state_, service, state_.service(service));
  const model::Service& now = edit.service();
  const auto* newest = state_.version(service, now.latest_version());
  const bool is_changed = !newest || !model::same_version(newest->value.spec(), spec);
  const bool is_on_its_way = edit.running() && edit.running()->value.to_version() == now.latest_version();
  const bool is_there = now.version() == now.latest_version() && !now.stopped();
  const bool is_number_only = !is_changed && !now.removing() && (is_on_its_way || is_there);
  std::string deployment = is_number_only ? resize(edit, spec.replicas()) : deploy(edit, spec, is_changed);
  outcome_.services.push_back({service.service, now.latest_version(), std::move(deployment)});
}

/// Nothing but the number of Tasks may differ. Gives the Deployment that is on its way.
std::string Applying::resize(ServiceEdit& edit, uint32_t replicas) {
  model::Service& service = edit.service();
  const uint32_t before = edit.running() ? edit.running()->value.wanted() : service.replicas();
  std::string deployment = edit.running() ? edit.running()->value.id() : std::string();
  const bool keeps_number = service.stopped() || edit.keeps_serving();
  if (before == replicas && (keeps_number || service.replicas() == replicas)) return deployment;
  edit.want(replicas);
  if (!keeps_number) service.set_replicas(replicas);
  Change& change = edit.change();
  change.why = fmt::format("{}: scaled from {} to {}", edit.ref().to_string(), before, replicas);
  change.events.push_back(
      event_of("service.scaled", edit.ref(), wall_, fmt::format("from {} to {} replicas", before, replicas)));
  (*change.events.back().mutable_figures())["from"] = before;
  (*change.events.back().mutable_figures())["to"] = replicas;
  append(outcome_.changes, edit.finish());
  return deployment;
}

/// A Deployment of the newest Version, which is a new one if the spec `is_changed`.
std::string Applying::deploy(ServiceEdit& edit, const model::ServiceSpec& spec, bool is_changed) {
  if (edit.is_new()) {
    *edit.service().mutable_created_at() = model::to_proto(wall_);
    edit.change().events.push_back(event_of("service.created", edit.ref(), wall_));
  }
  const uint32_t version =
      is_changed ? add_version(state_, edit, spec, wall_) : edit.service().latest_version();
  std::string id =
      start_deployment(state_, edit, {version, spec, spec.replicas(), "a newer spec"}, wall_, random_);
  append(outcome_.changes, edit.finish());
  return id;
}

void Applying::remove_missing() {
  for (const ServiceRef& each : services_of(state_, app_)) {
    ServiceEdit edit(state_, each, state_.service(each));
    if (specs_.contains(each.service) || edit.service().removing()) continue;
    edit.remove(wall_);
    append(outcome_.changes, edit.finish());
  }
}

}  // namespace

RequestResult<ApplyOutcome> apply_spec(const State& state, const model::AppSpec& spec, WallTime wall,
                                       Random& random) {
  return Applying(state, spec, wall, random).run();
}

}  // namespace hancock::master
