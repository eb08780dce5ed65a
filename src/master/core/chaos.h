// Chaos: a World in which everything goes wrong that may: Changes are lost, late or sent twice, Nodes fall
// silent and come back, Tasks fail, gateways come, go, lag and refuse, leaders change, owners change their
// minds. Each step checks what must always hold; calm_down() lets the world find its rest. Test code; one
// thread.
//
// All from one seed: the same seed is the same run.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "master/core/world.h"

namespace hancock::master {

class Chaos {
 public:
  explicit Chaos(uint64_t seed);

  void step();
  /// No faults any more: Nodes report, Tasks start, gateways follow, time passes.
  void calm_down();
  void check_rest();

  World& world() { return world_; }

 private:
  /// What a gateway sends visitors by.
  struct View {
    std::map<uint32_t, uint32_t> split;
    std::map<std::string, uint32_t> ready;  // Task -> Version
  };
  /// What an Agent knew when it was last in touch.
  struct Agent {
    bool is_silent = false;
    bool was_silent = false;  // since it last reported all it runs
    store::Revision fence;
    std::vector<model::Assignment> assignments;
  };

  bool one_in(uint64_t n) { return dice_.below(n) == 0; }
  void leader_plans();
  void leader_commits();
  /// Commits `change` and checks what a leader's Change must never do.
  void commit_checked(const Change& change);
  void owner_writes();
  void agents_act();
  void return_with_all(const std::string& name, const Agent& agent);
  void agent_acts(const std::string& name, Agent& agent);
  void act_on(const std::string& name, const Agent& agent, const model::Assignment& assignment);
  void put_fenced(const std::string& node, const Agent& agent, store::Operation operation);
  void gateways_act();
  void nodes_come_and_go();
  model::AppSpec any_spec();

  void check_released(const std::set<std::string>& released_before, const std::string& why);
  void check_numbers(const Change& change);
  void check_events();
  std::set<std::string> released() const;
  size_t pickable() const;
  View view_now() const;

  World world_;
  SeededRandom dice_;
  std::vector<Change> pending_;
  std::map<std::string, Agent> agents_;
  std::map<std::string, View> views_;  // by gateway
  std::set<std::string> refusing_;     // gateways
  int gateways_made_ = 0;
};

}  // namespace hancock::master
