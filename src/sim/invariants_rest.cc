// What a cluster looks like in which nothing goes wrong and nothing is left to do.
#include <algorithm>

#include "master/core/barriers.h"
#include "master/core/endpoints.h"
#include "master/core/routes.h"
#include "sim/invariants.h"
#include "sim/world.h"

namespace hancock::sim {

std::string Invariants::unrest() const {
  if (!world_.owner->is_at_rest()) return "the owner waits for an answer";
  const auto serving = std::count_if(world_.masters.begin(), world_.masters.end(),
                                     [](const auto& each) { return each->is_serving(); });
  if (serving != 1) return fmt::format("{} Masters serve", serving);
  if (!truth_.unreadable().empty()) return truth_.unreadable().begin()->first + " cannot be read";
  for (const auto& [id, barrier] : truth_.barriers())
    return fmt::format("barrier {} is open: {}", id, master::progress_of(truth_, barrier).waiting);
  for (const auto& [id, deployment] : truth_.deployments())
    if (master::is_running(deployment.value)) return fmt::format("deployment {} runs", id);
  for (const auto& [ref, service] : truth_.services()) {
    if (std::string why = unrest_of_service(service.value); !why.empty()) return why;
  }
  if (std::string why = unrest_of_leftovers(); !why.empty()) return why;
  if (std::string why = unrest_of_nodes(); !why.empty()) return why;
  return unrest_of_gateways();
}

std::string Invariants::unrest_of_service(const model::Service& service) const {
  const model::ServiceRef ref{service.tenant(), service.app(), service.name()};
  if (service.removing()) return ref.to_string() + " is being removed";
  if (!service.deployment().empty()) return ref.to_string() + " is being deployed";
  const uint32_t wanted = service.stopped() || service.version() == 0 ? 0 : service.replicas();
  size_t live = 0;
  size_t serving = 0;
  for (const std::string& id : truth_.tasks_of(ref)) {
    const model::Task& task = truth_.task(id)->value;
    if (!master::is_live(task)) continue;
    ++live;
    const bool is_right = task.version() == service.version() && task.intent() == model::TASK_INTENT_RUN &&
                          task.state() == model::TASK_STATE_READY && !task.hopeless();
    serving += is_right && master::is_serving(truth_, task);
  }
  if (live != wanted || serving != wanted)
    return fmt::format("{}: {} Tasks are wanted, {} live, {} serve", ref.to_string(), wanted, live, serving);
  return unrest_of_entrances(service);
}

std::string Invariants::unrest_of_entrances(const model::Service& service) const {
  const model::ServiceRef ref{service.tenant(), service.app(), service.name()};
  const auto* version = truth_.version(ref, service.version());
  const auto wanted = version ? version->value.spec().routes_size() : 0;
  const auto claims = std::ranges::count_if(
      truth_.claims(), [&](const auto& claim) { return master::service_of(claim.second.value) == ref; });
  if (claims != wanted)
    return fmt::format("{} has {} entrances, {} are right", ref.to_string(), claims, wanted);
  const auto route = truth_.routes().find(ref);
  if (route == truth_.routes().end()) return {};
  if (wanted == 0) return ref.to_string() + " has a route, and no entrance";
  if (!master::is_in_split(route->second.value, service.version()))
    return fmt::format("visitors of {} are not sent to version {}", ref.to_string(), service.version());
  return {};
}

/// Of Services that were removed.
std::string Invariants::unrest_of_leftovers() const {
  for (const auto& [id, task] : truth_.tasks())
    if (!truth_.service(master::service_of(task.value))) return "a Task of nobody: " + id;
  for (const auto& [name, claim] : truth_.claims())
    if (!truth_.service(master::service_of(claim.value))) return "an entrance of nobody: " + name;
  for (const auto& [ref, route] : truth_.routes())
    if (!truth_.service(ref)) return "a route of nobody: " + ref.to_string();
  for (const auto& [ref, endpoint] : truth_.endpoints()) {
    const auto* task = truth_.task(ref.task);
    if (!task || !master::is_live(task->value)) return "an endpoint of nobody: " + ref.task;
  }
  return {};
}

std::string Invariants::unrest_of_nodes() const {
  for (const auto& node : world_.nodes) {
    const Machine& machine = node->machine();
    const auto* record = truth_.node(machine.name());
    if (!record || record->value.state() != model::NODE_STATE_READY) return machine.name() + " is not ready";
    size_t live = 0;
    for (const std::string& id : truth_.tasks_on(machine.name())) {
      if (!master::is_live(truth_.task(id)->value)) continue;
      ++live;
      if (!machine.runs(id)) return fmt::format("{}: no container of {} runs", machine.name(), id);
    }
    if (machine.pods().size() != live)
      return fmt::format("{}: {} pods, {} Tasks", machine.name(), machine.pods().size(), live);
    if (machine.journal.size() != live)
      return fmt::format("{}: {} journaled, {} Tasks", machine.name(), machine.journal.size(), live);
  }
  return {};
}

std::string Invariants::unrest_of_gateways() const {
  std::set<std::pair<std::string, uint16_t>> wanted;
  for (const auto& [id, endpoint] : truth_.endpoints()) {
    const registry::Endpoint& is = endpoint.value;
    const auto route = truth_.routes().find(model::ServiceRef{is.tenant, is.app, is.service});
    if (route == truth_.routes().end() || !master::is_in_split(route->second.value, is.version)) continue;
    for (const auto& [name, port] : is.ports) wanted.insert({id.task, port});
  }
  for (const auto& gateway : world_.gateways) {
    if (!truth_.gateways().contains(gateway->id())) return gateway->id() + " is not announced";
    std::set<std::pair<std::string, uint16_t>> targets;
    for (const Target& target : gateway->targets()) targets.insert({target.task, target.port});
    if (targets != wanted)
      return fmt::format("{}: {} targets, {} are right", gateway->id(), targets.size(), wanted.size());
  }
  if (truth_.gateways().size() != world_.gateways.size())
    return fmt::format("{} gateways are announced", truth_.gateways().size());
  return {};
}

}  // namespace hancock::sim
