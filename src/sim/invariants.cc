// What is committed.
#include "sim/invariants.h"

#include <algorithm>

#include "master/core/endpoints.h"
#include "master/core/fit.h"
#include "master/core/routes.h"
#include "master/core/service_view.h"
#include "master/core/strategy.h"
#include "master/core/timing.h"
#include "model/time.h"
#include "sim/world.h"

namespace hancock::sim {
namespace {

bool is_agent(const Party* writer) { return writer && writer->name().starts_with("agent-"); }

}  // namespace

void Invariants::committed(const Commit& commit) {
  const std::string tasks = truth_.state_keys().task("");
  const bool may_switch = switches_visitors(commit);
  const ByService pickable_before = may_switch ? pickable() : ByService();
  const ByService serving_before = may_switch ? serving() : ByService();
  std::set<std::string> placed;
  for (const store::WatchEvent& event : commit.batch.events)
    if (event.item.key.starts_with(tasks) && event.kind == store::WatchEvent::Kind::kPut &&
        event.item.version == 1)
      placed.insert(event.item.key.substr(tasks.size()));
  check_writer(commit);
  check_events(commit.batch);
  truth_.apply(commit.batch);
  note_released(commit);
  check_deadlines(commit);
  if (!placed.empty()) check_placed(placed);
  if (may_switch) check_visitors(pickable_before);
  if (may_switch) check_strength(serving_before);
  check_running();
}

void Invariants::check_writer(const Commit& commit) {
  const model::Leader& leader = truth_.leader().value;
  const bool leads =
      commit.term == leader.term() && commit.writer && commit.writer->name() == leader.master();
  if (commit.term != 0 && !leads)
    world_.ground.violated(fmt::format("{} writes in term {}, but it is term {} of {}", commit.writer->name(),
                                       commit.term, leader.term(), leader.master()));
  if (!is_agent(commit.writer)) return;
  for (const store::WatchEvent& event : commit.batch.events) {
    if (event.kind != store::WatchEvent::Kind::kPut) continue;
    const auto endpoint = registry::decode<registry::Endpoint>(event.item.value);
    if (!endpoint) continue;
    const auto node = truth_.node_records().find(endpoint->node);
    if (node != truth_.node_records().end() && endpoint->incarnation < node->second.value.incarnation)
      world_.ground.violated(fmt::format("{} was given up and registers {}", endpoint->node, endpoint->task));
  }
}

void Invariants::check_events(const store::WatchBatch& batch) {
  const std::string prefix = truth_.state_keys().events();
  for (const store::WatchEvent& event : batch.events) {
    if (!event.item.key.starts_with(prefix) || event.kind != store::WatchEvent::Kind::kPut) continue;
    model::EventBatch numbered;
    numbered.ParseFromString(event.item.value);
    for (const model::Event& each : numbered.events()) {
      if (each.number() != last_event_ + 1)
        world_.ground.violated(fmt::format("Event {} comes after {}", each.number(), last_event_));
      last_event_ = each.number();
    }
  }
}

void Invariants::check_placed(const std::set<std::string>& placed) {
  std::set<std::pair<model::ServiceRef, uint32_t>> versions;
  std::set<std::string> nodes;
  for (const std::string& id : placed) {
    const auto* task = truth_.task(id);
    if (!task) continue;
    versions.insert({master::service_of(task->value), task->value.version()});
    nodes.insert(task->value.node());
  }
  for (const auto& [service, version] : versions) {
    check_number(service, version);
    check_surge(service);
  }
  for (const std::string& node : nodes) check_room(node);
}

void Invariants::check_number(const model::ServiceRef& service, uint32_t version) {
  if (!truth_.service(service)) return;
  const master::ServiceView view = master::view_of(truth_, service);
  const auto wanted = master::aim_of(truth_, view).tasks;
  const auto limit = wanted.find(version);
  const auto staying = std::count_if(view.live.begin(), view.live.end(), [&](const auto* task) {
    return task->value.version() == version && master::is_staying(task->value) && !task->value.hopeless();
  });
  if (staying > (limit == wanted.end() ? 0 : limit->second))
    world_.ground.violated(fmt::format("{} Tasks of {} version {} are placed, {} are wanted", staying,
                                       service.to_string(), version,
                                       limit == wanted.end() ? 0 : limit->second));
}

/// Beside the Version that serves no more is started than the strategy allows.
void Invariants::check_surge(const model::ServiceRef& service) {
  if (!truth_.service(service)) return;
  const master::ServiceView view = master::view_of(truth_, service);
  if (!view.is_before_switch()) return;
  const master::Standing is = master::standing_of(truth_, view);
  const auto aim = master::strategy_of(is).aim;
  const uint32_t to = is.deployment->to_version();
  if (aim == &master::aim_recreate && is.crowd(to).staying > 0 && is.live_beside(to) > 0)
    world_.ground.violated(
        fmt::format("{} version {} starts beside {} others", service.to_string(), to, is.live_beside(to)));
  const uint32_t limit = std::max(is.number, is.deployment->wanted()) + master::max_surge(is.update(to));
  const uint32_t live = is.live_beside(to) + is.crowd(to).live();
  if (aim == &master::aim_rolling && live > limit)
    world_.ground.violated(
        fmt::format("{} rolls with {} Tasks, {} may be", service.to_string(), live, limit));
}

void Invariants::check_room(const std::string& name) {
  const auto* node = truth_.node(name);
  if (!node) return;
  uint64_t cpu = 0;
  uint64_t on_version = 0;
  std::map<std::pair<model::ServiceRef, uint32_t>, uint32_t> of_version;
  for (const std::string& id : truth_.tasks_on(name)) {
    const model::Task& task = truth_.task(id)->value;
    const auto* version = truth_.version(master::service_of(task), task.version());
    if (!master::is_live(task) || !version) continue;
    cpu += version->value.spec().resources().cpu_millis();
    const uint32_t max = version->value.spec().placement().max_per_node();
    if (master::is_staying(task) && !task.hopeless())
      on_version = ++of_version[{master::service_of(task), task.version()}];
    if (max > 0 && on_version > max && master::is_staying(task))
      world_.ground.violated(fmt::format("{} has {} Tasks of one version, {} may be", name, on_version, max));
  }
  if (cpu > node->value.capacity().cpu_millis())
    world_.ground.violated(
        fmt::format("{} has {}m CPU and is given {}m", name, node->value.capacity().cpu_millis(), cpu));
}

/// When that time was, whatever the writer's wall clock says: by how long ago it is to him.
TimePoint Invariants::when_written(WallTime time, const Party* writer) const {
  for (const auto& master : world_.masters)
    if (&master->party() == writer) return world_.ground.timeline.now() - (master->wall() - time);
  return world_.ground.timeline.now();
}

void Invariants::note_released(const Commit& commit) {
  const std::string tasks = truth_.state_keys().task("");
  for (const store::WatchEvent& event : commit.batch.events) {
    if (!event.item.key.starts_with(tasks) || event.kind != store::WatchEvent::Kind::kPut) continue;
    const std::string id = event.item.key.substr(tasks.size());
    const auto* task = truth_.task(id);
    if (!task) continue;
    if (task->value.state() == model::TASK_STATE_LOST) lost_.insert(id);
    if (task->value.has_acknowledged_at())
      let_go_.try_emplace(id, when_written(model::from_proto(task->value.acknowledged_at()), commit.writer));
    else
      let_go_.erase(id);
    if (task->value.intent() == model::TASK_INTENT_RELEASE)
      released_.try_emplace(id, event.item.mod_revision);
  }
}

void Invariants::check_deadlines(const Commit& commit) {
  const std::string deployments = truth_.state_keys().deployment("");
  for (const store::WatchEvent& event : commit.batch.events) {
    const auto* each = event.item.key.starts_with(deployments)
                           ? truth_.deployment(event.item.key.substr(deployments.size()))
                           : nullptr;
    if (!each) continue;
    const model::Deployment& is = each->value;
    const auto begun =
        begun_.try_emplace(is.id(), when_written(model::from_proto(is.created_at()), commit.writer));
    const auto* version = truth_.version(master::service_of(is), is.to_version());
    const bool is_over_time = is.message().starts_with("not ready within") ||
                              is.message().starts_with("no progress within") ||
                              is.message().starts_with("not done within");
    if (master::is_running(is) || !is_over_time || !version) continue;
    const model::UpdateSpec& update = version->value.spec().update();
    const Duration least = std::min({master::healthy_deadline(update), master::progress_deadline(update),
                                     master::whole_deadline(update)});
    if (world_.ground.timeline.now() < begun.first->second + least)
      world_.ground.violated(
          fmt::format("deployment {} is given up before its time: {}", is.id(), is.message()));
  }
}

/// Tasks that a visitor could reach through an up-to-date gateway.
Invariants::ByService Invariants::pickable() const {
  ByService counts;
  for (const auto& [id, endpoint] : truth_.endpoints()) {
    const registry::Endpoint& is = endpoint.value;
    const model::ServiceRef service{is.tenant, is.app, is.service};
    const auto route = truth_.routes().find(service);
    const auto node = truth_.node_records().find(is.node);
    const bool is_void =
        node == truth_.node_records().end() || is.incarnation < node->second.value.incarnation;
    if (is_void || is.state != registry::EndpointState::kReady || route == truth_.routes().end()) continue;
    counts[service] += master::is_in_split(route->second.value, is.version);
  }
  return counts;
}

/// Tasks to which visitors are sent, and which answer: one that was just taken back says for a moment yet
/// that it drains.
Invariants::ByService Invariants::serving() const {
  ByService counts;
  for (const auto& [id, stored] : truth_.tasks()) {
    const model::Task& task = stored.value;
    const auto route = truth_.routes().find(master::service_of(task));
    const bool answers =
        task.state() == model::TASK_STATE_READY || task.state() == model::TASK_STATE_DRAINING;
    if (route == truth_.routes().end() || !answers || !master::is_staying(task) || task.hopeless()) continue;
    if (master::is_in_split(route->second.value, task.version()) && master::is_serving(truth_, task))
      ++counts[master::service_of(task)];
  }
  return counts;
}

/// Only what a leader decides by itself: owners may stop a Service, and Nodes may be lost.
bool Invariants::switches_visitors(const Commit& commit) const {
  const std::string routes = truth_.keys().routes();
  return commit.term != 0 &&
         std::any_of(commit.batch.events.begin(), commit.batch.events.end(),
                     [&](const auto& event) { return event.item.key.starts_with(routes); });
}

void Invariants::check_visitors(const ByService& before) {
  const ByService after = pickable();
  for (const auto& [service, count] : before) {
    const auto* stored = truth_.service(service);
    if (!stored || stored->value.stopped() || stored->value.removing() || stored->value.replicas() == 0)
      continue;
    const auto left = after.find(service);
    const bool is_anybody = left != after.end() && left->second > 0;
    if (count > 0 && !is_anybody && truth_.routes().contains(service))
      world_.ground.violated(fmt::format("visitors of {} are switched to nobody", service.to_string()));
  }
}

/// Who moves visitors leaves as many serving as are wanted, or as there were.
void Invariants::check_strength(const ByService& before) {
  const ByService after = serving();
  for (const auto& [service, count] : before) {
    const auto* stored = truth_.service(service);
    if (!stored || stored->value.stopped() || stored->value.removing() || !truth_.routes().contains(service))
      continue;
    const master::ServiceView view = master::view_of(truth_, service);
    const master::Standing is = master::standing_of(truth_, view);
    const auto left = after.find(service);
    const size_t serves = left == after.end() ? 0 : left->second;
    if (serves < std::min<size_t>(is.number, count) && !master::excludes_others(is))
      world_.ground.violated(fmt::format("{} Tasks of {} serve, {} did and {} are wanted", serves,
                                         service.to_string(), count, is.number));
  }
}

}  // namespace hancock::sim
