#include "sim/world.h"

#include "sim/accidents.h"

namespace hancock::sim {
namespace {

constexpr Duration kUntilAllIsHeard = 8s;
constexpr Duration kCalmMax = 5min;
constexpr Duration kRest = 5s;  // it has to last so long
constexpr Duration kLook = 1s;
constexpr size_t kMasters = 2;
constexpr size_t kNodes = 4;
constexpr size_t kGateways = 2;

}  // namespace

World::World(uint64_t seed, Bug bug, size_t trace_lines) : ground(seed, bug, trace_lines) {
  store.on_commit([this](const Commit& commit) { invariants.committed(commit); });
  std::vector<Master*> all;
  for (size_t i = 1; i <= kMasters; ++i) {
    masters.push_back(std::make_unique<Master>(ground, network, store, fmt::format("master-{}", i)));
    all.push_back(masters.back().get());
  }
  for (size_t i = 1; i <= kNodes; ++i) {
    nodes.push_back(std::make_unique<Node>(ground, network, store, all, fmt::format("node-{}", i),
                                           i <= kNodes / 2 ? "site-1" : "site-2",
                                           fmt::format("10.0.0.{}", i)));
    nodes.back()->machine().set_hooks(invariants.hooks());
  }
  for (size_t i = 1; i <= kGateways; ++i)
    gateways.push_back(std::make_unique<Gateway>(ground, network, store, fmt::format("gw-{}", i),
                                                 [this](const Gateway& each) { invariants.swapped(each); }));
  owner = std::make_unique<Owner>(ground, network, all);
}

World::~World() {
  for (const auto& gateway : gateways) gateway->kill();
}

std::string World::run() {
  for (const auto& master : masters) master->start();
  for (const auto& node : nodes) node->start_agent();
  for (const auto& gateway : gateways) gateway->start(false);
  const Duration span = ground.between(20s, 60s);
  owner->start(ground.timeline.now() + span, 1 + ground.dice.below(4));
  plan_accidents(*this, ground.weather.accidents, span);
  look_at_mirrors();
  run_until(ground.timeline.now() + span);
  calm_down();
  return ground.violation;
}

void World::look_at_mirrors() {
  for (const auto& master : masters) invariants.check_mirror(*master);
  ground.timeline.after(kLook, [this] { look_at_mirrors(); });
}

void World::run_until(TimePoint end) {
  bool is_over = false;
  ground.timeline.at(end, [&is_over] { is_over = true; });
  while (!is_over && ground.violation.empty() && ground.timeline.step()) {
  }
}

void World::calm_down() {
  ground.trace.say("calm");
  is_calm = true;
  ground.weather = fair_weather();
  heal_everything(*this);
  run_until(ground.timeline.now() + kUntilAllIsHeard);
  owner->end_well();
  const TimePoint limit = ground.timeline.now() + kCalmMax;
  TimePoint rest_since = kForever;
  std::string unrest = "…";
  while (ground.violation.empty() && ground.timeline.now() < limit) {
    run_until(ground.timeline.now() + kLook);
    unrest = invariants.unrest();
    if (!unrest.empty()) {
      rest_since = kForever;
    } else if (rest_since == kForever) {
      rest_since = ground.timeline.now();
    } else if (ground.timeline.now() - rest_since >= kRest) {
      return;
    }
  }
  if (ground.violation.empty()) ground.violated("it finds no rest: " + unrest);
}

}  // namespace hancock::sim
