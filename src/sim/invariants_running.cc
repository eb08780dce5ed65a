// What truly runs, and who sends visitors there.
#include <algorithm>

#include "master/core/endpoints.h"
#include "model/time.h"
#include "sim/invariants.h"
#include "sim/world.h"

namespace hancock::sim {
namespace {

bool are_same(const auto& a, const auto& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.revision == other.second.revision;
  });
}

bool are_same_records(const master::State& a, const master::State& b) {
  return are_same(a.services(), b.services()) && are_same(a.versions(), b.versions()) &&
         are_same(a.tasks(), b.tasks()) && are_same(a.nodes(), b.nodes()) &&
         are_same(a.deployments(), b.deployments()) && are_same(a.claims(), b.claims()) &&
         are_same(a.events(), b.events()) && are_same(a.routes(), b.routes()) &&
         are_same(a.endpoints(), b.endpoints()) && are_same(a.gateways(), b.gateways()) &&
         are_same(a.barriers(), b.barriers()) && are_same(a.node_records(), b.node_records());
}

}  // namespace

Machine::Hooks Invariants::hooks() {
  Machine::Hooks hooks;
  hooks.started = [this](const Machine&, const std::string&) { check_running(); };
  hooks.stopping = [this](const Machine& machine, const std::string& task, bool is_released) {
    if (is_released) check_stop(machine, task);
  };
  hooks.changed = [this](const Machine& machine) { check_ports(machine); };
  return hooks;
}

bool Invariants::had_a_say(const Gateway& gateway, const std::string& task) const {
  const auto released = released_.find(task);
  const auto record = truth_.gateways().find(gateway.id());
  if (released == released_.end() || record == truth_.gateways().end()) return false;
  const auto found = world_.store.space().range(store::KeyRange::key(truth_.keys().gateway(gateway.id())));
  return !found.items.empty() && found.items.front().create_revision <= released->second;
}

/// A Task that the leader knows leaves by the barrier; one that was lost has been given up already.
void Invariants::check_stop(const Machine& machine, const std::string& id) {
  const auto* task = truth_.task(id);
  if (!task || !master::is_live(task->value)) return;
  if (!released_.contains(id))
    world_.ground.violated(fmt::format("{}: SIGTERM for {}, which is not released", machine.name(), id));
  for (const auto& gateway : world_.gateways) {
    if (!had_a_say(*gateway, id)) continue;
    const auto& targets = gateway->targets();
    if (std::any_of(targets.begin(), targets.end(), [&](const Target& each) { return each.task == id; }))
      world_.ground.violated(fmt::format("{}: SIGTERM for {}, and {} still sends visitors there",
                                         machine.name(), id, gateway->id()));
    const uint64_t open = gateway->in_flight(id);
    const auto let_go = let_go_.find(id);
    if (open == 0 || let_go == let_go_.end()) continue;
    const auto* version = truth_.version(master::service_of(task->value), task->value.version());
    if (!version) continue;
    const Duration drain = model::from_proto(version->value.spec().update().drain_timeout());
    if (world_.ground.timeline.now() < let_go->second + drain)
      world_.ground.violated(
          fmt::format("{}: SIGTERM for {} before its drain_timeout, and {} has {} visitors there",
                      machine.name(), id, gateway->id(), open));
  }
}

/// What a gateway may pick by the Registry at a revision, none may be that was released by then.
void Invariants::swapped(const Gateway& gateway) {
  for (const Target& target : gateway.targets()) {
    const auto released = released_.find(target.task);
    if (released != released_.end() && released->second <= gateway.applied())
      world_.ground.violated(
          fmt::format("{} sends visitors to {}, which was released", gateway.id(), target.task));
  }
}

void Invariants::check_mirror(Master& master) const {
  if (!master.is_serving() || master.state().revision() != truth_.revision()) return;
  if (!are_same_records(master.state(), truth_))
    world_.ground.violated(fmt::format("{} mirrors what the store does not hold at revision {}",
                                       master.party().name(), truth_.revision().value()));
}

void Invariants::check_running() {
  for (const auto& node : world_.nodes)
    for (const auto& [id, pod] : node->machine().pods()) {
      if (!pod.is_alive || pod.is_orphan || lost_.contains(id)) continue;
      const auto* task = truth_.task(id);
      if (!task || !master::is_live(task->value))
        world_.ground.violated(
            fmt::format("{}: a container of {} runs, and the Task has ended", node->machine().name(), id));
    }
}

void Invariants::check_ports(const Machine& machine) {
  std::map<uint16_t, std::string> holders;
  for (const auto& [id, pod] : machine.pods())
    for (const agent::PublishedPort& port : pod.ports) {
      const auto [holder, is_free] = holders.try_emplace(port.host_port, id);
      if (!is_free)
        world_.ground.violated(fmt::format("{}: port {} belongs to {} and to {}", machine.name(),
                                           port.host_port, holder->second, id));
    }
}

}  // namespace hancock::sim
