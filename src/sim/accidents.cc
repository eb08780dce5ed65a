#include "sim/accidents.h"

#include "sim/world.h"

namespace hancock::sim {
namespace {

template <class T>
T& any_of(Ground& ground, const std::vector<std::unique_ptr<T>>& list) {
  return *list[ground.dice.below(list.size())];
}

Duration any_while(Ground& ground) { return ground.between(100ms, ground.one_in(3) ? 50s : 8s); }

void pause_for(World& world, Party& party, Duration span) {
  world.ground.trace.say("{}: is paused for {:.1f} s", party.name(),
                         std::chrono::duration<double>(span).count());
  party.pause();
  world.ground.timeline.after(span, [&party] { party.resume(); });
}

void cut_off(World& world, Party& party, Duration span) {
  world.ground.trace.say("{}: is cut off for {:.1f} s", party.name(),
                         std::chrono::duration<double>(span).count());
  world.network.cut(party);
  world.ground.timeline.after(span, [&world, &party] { world.network.mend(party); });
}

void hurt_agent(World& world) {
  Ground& ground = world.ground;
  Node& node = any_of(ground, world.nodes);
  switch (ground.dice.below(4)) {
    case 0:
      node.power_off();
      return ground.timeline.after(any_while(ground), [&node] { node.power_on(); });
    case 1:
      return pause_for(world, node.party(), any_while(ground));
    case 2:
      return cut_off(world, node.party(), any_while(ground));
    default:
      node.kill_agent();
      return ground.timeline.after(ground.between(10ms, 10s), [&node] { node.start_agent(); });
  }
}

void hurt_container(World& world) {
  Ground& ground = world.ground;
  Machine& machine = any_of(ground, world.nodes).machine();
  if (machine.pods().empty()) return;
  auto pod = machine.pods().begin();
  std::advance(pod, static_cast<long>(ground.dice.below(machine.pods().size())));
  const std::string task = pod->first;
  if (ground.one_in(2)) return machine.crash(task, 137);
  ground.trace.say("{}: task {} hangs", machine.name(), task);
  machine.set_hung(task, true);
  ground.timeline.after(any_while(ground), [&machine, task] { machine.set_hung(task, false); });
}

void hurt_gateway(World& world) {
  Ground& ground = world.ground;
  Gateway& gateway = any_of(ground, world.gateways);
  switch (ground.dice.below(3)) {
    case 0: {
      ground.trace.say("{}: is killed", gateway.id());
      gateway.kill();
      const bool refuses = ground.one_in(3);
      return ground.timeline.after(any_while(ground), [&world, &gateway, refuses] {
        if (!gateway.party().is_up()) gateway.start(refuses && !world.is_calm);
      });
    }
    case 1:
      return pause_for(world, gateway.party(), any_while(ground));
    default:
      return cut_off(world, gateway.party(), any_while(ground));
  }
}

void hurt_master(World& world) {
  Ground& ground = world.ground;
  Master& master = any_of(ground, world.masters);
  switch (ground.dice.below(3)) {
    case 0:
      ground.trace.say("{}: is killed", master.party().name());
      master.party().kill();
      return ground.timeline.after(any_while(ground), [&master] {
        if (!master.party().is_up()) master.start();
      });
    case 1:
      return pause_for(world, master.party(), any_while(ground));
    default:
      return cut_off(world, master.party(), any_while(ground));
  }
}

void hurt_store(World& world) {
  Ground& ground = world.ground;
  switch (ground.dice.below(3)) {
    case 0:
      return world.store.compact();
    case 1:
      return world.store.break_watches();
    default:
      return pause_for(world, world.store.party(), ground.between(100ms, 8s));
  }
}

void happen(World& world) {
  if (world.is_calm) return;
  switch (world.ground.dice.below(10)) {
    case 0:
    case 1:
      return hurt_master(world);
    case 2:
      return hurt_store(world);
    case 3:
    case 4:
      return hurt_gateway(world);
    case 5:
    case 6:
      return hurt_container(world);
    default:
      return hurt_agent(world);
  }
}

/// Somebody sets a Master's wall clock, time and again.
void unsettle_clock(World& world, Master& master) {
  static constexpr Duration kFar = 1h;
  Ground& ground = world.ground;
  ground.timeline.after(ground.between(500ms, 10s), [&world, &ground, &master] {
    const Duration ahead = world.is_calm ? Duration(0) : ground.between(-kFar, kFar);
    ground.trace.say("{}: its wall clock is set {:.0f} s ahead", master.party().name(),
                     std::chrono::duration<double>(ahead).count());
    master.machine_clock().set_ahead(ahead);
    if (!world.is_calm) unsettle_clock(world, master);
  });
}

}  // namespace

void plan_accidents(World& world, uint64_t count, Duration span) {
  if (world.ground.one_in(2))
    for (const auto& master : world.masters) unsettle_clock(world, *master);
  for (uint64_t i = 0; i < count; ++i)
    world.ground.timeline.after(world.ground.between(Duration(0), span), [&world] { happen(world); });
}

void heal_everything(World& world) {
  world.store.party().resume();
  for (const auto& master : world.masters) {
    world.network.mend(master->party());
    master->party().resume();
    if (!master->party().is_up()) master->start();
  }
  for (const auto& node : world.nodes) {
    world.network.mend(node->party());
    node->party().resume();
    node->power_on();
    node->start_agent();
    for (const auto& [task, pod] : std::map(node->machine().pods())) node->machine().set_hung(task, false);
  }
  for (const auto& gateway : world.gateways) {
    world.network.mend(gateway->party());
    gateway->party().resume();
    if (!gateway->party().is_up() || gateway->refuses_routes()) gateway->start(false);
  }
}

}  // namespace hancock::sim
