#include "master/core/preview.h"

#include <utility>

#include "master/core/reconcile.h"
#include "master/core/service_edit.h"
#include "master/core/service_view.h"

namespace hancock::master {
namespace {

using Kind = ServicePreview::Kind;

/// As if it had been committed.
void apply_to(State& state, const Change& change) {
  const store::Revision revision(state.revision().value() + 1);
  store::WatchBatch batch;
  batch.revision = revision;
  for (const store::Operation& operation : change.operations) {
    store::WatchEvent event;
    const bool is_put = operation.kind == store::Operation::Kind::kPut;
    event.kind = is_put ? store::WatchEvent::Kind::kPut : store::WatchEvent::Kind::kDelete;
    event.item.key = operation.key;
    event.item.value = operation.value;
    event.item.mod_revision = revision;
    batch.events.push_back(std::move(event));
  }
  state.apply(batch);
}

/// One spec against one State.
class Previewing {
 public:
  Previewing(const State& before, const model::AppSpec& spec)
      : before_(before), spec_(spec), after_(before) {}

  RequestResult<Preview> run(const Contacts& contacts, TimePoint now, WallTime wall, Random& random) {
    auto outcome = apply_spec(before_, spec_, wall, random);
    if (!outcome) return tl::unexpected(std::move(outcome.error()));
    for (const Change& change : outcome->changes) apply_to(after_, change);
    for (const ServiceRef& ref : services_of(after_, app())) preview_[ref.service] = compare(ref);
    const Plan plan = reconcile(after_, contacts, now, wall, random);
    for (const Change& change : plan.changes) note(change);
    for (auto& [name, service] : preview_) {
      const auto waiting = plan.waiting.find(ref(name));
      if (waiting != plan.waiting.end()) service.problem = waiting->second;
    }
    return std::move(preview_);
  }

 private:
  AppRef app() const { return {spec_.tenant(), spec_.app()}; }
  ServiceRef ref(const std::string& name) const { return {spec_.tenant(), spec_.app(), name}; }

  ServicePreview compare(const ServiceRef& ref) const {
    ServicePreview service;
    const auto* old = before_.service(ref);
    service.from = old ? old->value.latest_version() : 0;
    if (const auto* version = before_.version(ref, service.from)) service.before = version->value.spec();
    const auto named = spec_.services().find(ref.service);
    if (named == spec_.services().end()) {
      service.kind = Kind::kRemove;
      note_stops(ref, service);
      return service;
    }
    service.to = after_.service(ref)->value.latest_version();
    service.after = named->second;
    if (!old)
      service.kind = Kind::kCreate;
    else if (after_.service(ref)->value.deployment() != old->value.deployment())
      service.kind = Kind::kUpdate;
    else if (after_.changes_of(ref) != before_.changes_of(ref))
      service.kind = Kind::kScale;
    // The number is the Service's, whatever its Version was made with.
    if (old && service.kind != Kind::kCreate && !old->value.stopped())
      service.before.set_replicas(old->value.replicas());
    if (service.kind == Kind::kUpdate) note_stops(ref, service);
    return service;
  }

  /// Those that are there now and are of another Version than the one to come.
  void note_stops(const ServiceRef& ref, ServicePreview& service) const {
    for (const std::string& id : before_.tasks_of(ref)) {
      const model::Task& task = before_.task(id)->value;
      if (is_staying(task) && task.version() != service.to) service.stops.push_back({id, task.node()});
    }
  }

  /// What the next round of the reconciler would do.
  void note(const Change& change) {
    for (const model::Event& event : change.events)
      if (event.kind() == "task.assigned" && is_here(event))
        preview_[event.service()].places.push_back({event.node(), event.message()});
    const std::string tasks = after_.state_keys().task("");
    for (const store::Operation& operation : change.operations) {
      if (!operation.key.starts_with(tasks)) continue;
      const auto* task = after_.task(operation.key.substr(tasks.size()));
      model::Task next;
      if (!task || !is_staying(task->value) || !next.ParseFromString(operation.value)) continue;
      const bool is_scale = is_here(next) && preview_[next.service()].kind == Kind::kScale;
      if (is_scale && !is_staying(next)) preview_[next.service()].stops.push_back({next.id(), next.node()});
    }
  }

  template <class Record>
  bool is_here(const Record& record) const {
    return record.tenant() == spec_.tenant() && record.app() == spec_.app() &&
           preview_.contains(record.service());
  }

  const State& before_;
  const model::AppSpec& spec_;
  State after_;
  Preview preview_;
};

}  // namespace

RequestResult<Preview> preview_spec(const State& state, const model::AppSpec& spec, const Contacts& contacts,
                                    TimePoint now, WallTime wall, Random& random) {
  return Previewing(state, spec).run(contacts, now, wall, random);
}

}  // namespace hancock::master
