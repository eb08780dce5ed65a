// Invariants: what must hold whatever goes wrong, looked at whenever something has changed that it speaks of.
//
//  - Events are numbered without a gap, and nobody writes who has been deposed or given up.
//  - Whoever places Tasks places no more than are wanted, and none where there is no room.
//  - Nor are there more of a Service than the strategy of its update allows, and who moves visitors leaves as
//    many serving as are wanted, or as there were.
//  - No Deployment is given up before one of its deadlines has passed, whatever a wall clock says.
//  - A container runs only for a Task that lives (or was lost with its Node), and is never started twice.
//  - A host port of a Node belongs to one Task.
//  - A Task is sent SIGTERM at the leader's wish only when no live gateway sends visitors to it any more, and
//    those that it has may stay for drain_timeout; no gateway ever takes it up again.
//  - Visitors who have somewhere to go are not left with nobody by a decision.
//  - What a Master has mirrored is what the store holds.
//  - Once nothing goes wrong any more, everything finds its rest: unrest().
//
// They judge by the store as it is and by what truly runs. One thread; part of a World.
#pragma once

#include <map>
#include <set>
#include <string>

#include "master/core/state.h"
#include "sim/gateway.h"
#include "sim/machine.h"
#include "sim/master.h"

namespace hancock::sim {

class World;

class Invariants {
 public:
  explicit Invariants(World& world) : world_(world) {}

  // What happens.
  void committed(const Commit& commit);
  void swapped(const Gateway& gateway);
  Machine::Hooks hooks();
  void check_mirror(Master& master) const;

  /// What is not as it should be when nothing goes wrong; "" at rest.
  std::string unrest() const;
  const master::State& truth() const { return truth_; }

 private:
  using ByService = std::map<model::ServiceRef, size_t>;

  void check_writer(const Commit& commit);
  void check_events(const store::WatchBatch& batch);
  void check_placed(const std::set<std::string>& placed);
  void check_number(const model::ServiceRef& service, uint32_t version);
  void check_surge(const model::ServiceRef& service);
  void check_room(const std::string& node);
  bool switches_visitors(const Commit& commit) const;
  void check_visitors(const ByService& before);
  void check_strength(const ByService& before);
  void check_deadlines(const Commit& commit);
  void note_released(const Commit& commit);
  TimePoint when_written(WallTime time, const Party* writer) const;
  ByService pickable() const;
  ByService serving() const;

  void check_stop(const Machine& machine, const std::string& task);
  void check_running();
  void check_ports(const Machine& machine);
  /// It was there when the Task was released, and its lease has lived since.
  bool had_a_say(const Gateway& gateway, const std::string& task) const;

  std::string unrest_of_service(const model::Service& service) const;
  std::string unrest_of_entrances(const model::Service& service) const;
  std::string unrest_of_leftovers() const;
  std::string unrest_of_gateways() const;
  std::string unrest_of_nodes() const;

  World& world_;
  master::State truth_;
  int64_t last_event_ = 0;
  std::map<std::string, store::Revision> released_;  // Task -> when the leader let it go
  std::map<std::string, TimePoint> let_go_;          // when all gateways had, whatever a leader's clock says
  std::map<std::string, TimePoint> begun_;           // Deployments
  std::set<std::string> lost_;                       // Tasks
};

}  // namespace hancock::sim
