// World: a whole cluster in one process on virtual time, from one seed: store, Masters, Nodes with their
// Agents, gateways, an owner, and the invariants that watch them.
//
//   World world(seed, Bug::kNone, /*trace_lines=*/0);
//   const std::string violation = world.run();   // "": everything held
//
// One thread; several Worlds may run at once, each on its own. docs/simulation.md tells the whole.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/gateway.h"
#include "sim/invariants.h"
#include "sim/master.h"
#include "sim/node.h"
#include "sim/owner.h"

namespace hancock::sim {

class World {
 public:
  World(uint64_t seed, Bug bug, size_t trace_lines);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  /// Faults for a while, then calm until everything is at rest. The first invariant that did not hold.
  std::string run();

  Ground ground;
  Network network{ground};
  StoreServer store{ground, network};
  std::vector<std::unique_ptr<Master>> masters;
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<std::unique_ptr<Gateway>> gateways;
  std::unique_ptr<Owner> owner;
  Invariants invariants{*this};
  bool is_calm = false;

 private:
  void run_until(TimePoint end);
  void calm_down();
  void look_at_mirrors();
};

}  // namespace hancock::sim
