// Every Deployment of every strategy ends, whatever happens meanwhile: random owners, Agents, gateways and
// leaders on the real core, from a seed.

#include <gtest/gtest.h>

#include <array>

#include "master/core/service_edit.h"
#include "master/core/strategy.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

class Ordeal {
 public:
  explicit Ordeal(uint64_t seed) : dice_(seed), world_(seed) {
    for (const char* name : kNodes) world_.add_node(name, "site-1", 1'200);
    world_.add_gateway("gw-1");
    world_.add_gateway("gw-2");
    world_.apply(any_spec());
  }

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      anything();
      world_.settle();
      look();
    }
  }

  /// Nobody writes any more, all Agents and gateways do what they are told, and time goes on.
  void calm_down() {
    for (const char* node : kNodes) world_.hear(node);
    for (int minute = 0; minute < 90; ++minute) {
      world_.pass(1min);
      world_.run();
    }
    for (const auto& [id, deployment] : world_.state.deployments())
      EXPECT_FALSE(is_running(deployment.value)) << id << " waits for ever: " << deployment.value.message();
    EXPECT_TRUE(world_.state.barriers().empty());
    if (!world_.state.service(world_.web)) return;
    const model::Service& service = world_.service();
    if (held_deployment(world_.state, service)) return;
    EXPECT_EQ(world_.tasks().size(), service.stopped() ? 0 : service.replicas());
    EXPECT_EQ(world_.serving(service.version()).size(), world_.tasks().size());
    if (world_.route() && !service.stopped() && service.replicas() > 0) {
      EXPECT_EQ(world_.route()->split, all_to(service.version()));
    }
  }

 private:
  static constexpr std::array kNodes{"node-1", "node-2", "node-3", "node-4"};

  bool one_in(uint64_t n) { return dice_.below(n) == 0; }

  model::AppSpec any_spec() {
    model::AppSpec spec =
        shop(static_cast<uint32_t>(1 + dice_.below(5)), "shop:" + std::to_string(dice_.below(1000)));
    model::UpdateSpec& update = *spec.mutable_services()->at("web").mutable_update();
    update.set_strategy(static_cast<model::UpdateStrategy>(dice_.below(4)));
    update.set_max_parallel(static_cast<uint32_t>(1 + dice_.below(3)));
    update.set_max_surge(static_cast<uint32_t>(1 + dice_.below(3)));
    update.set_canary(static_cast<uint32_t>(1 + dice_.below(2)));
    for (uint32_t weight = 20; weight < 80 && one_in(2); weight += 25) update.add_weights(weight);
    update.mutable_step()->set_seconds(static_cast<int64_t>(1 + dice_.below(90)));
    update.set_auto_promote(one_in(2));
    if (one_in(4)) update.set_auto_rollback(false);
    update.mutable_healthy_deadline()->set_seconds(60);
    update.mutable_progress_deadline()->set_seconds(180);
    update.mutable_deadline()->set_seconds(1800);
    if (one_in(8)) spec.mutable_services()->at("web").clear_routes();
    return spec;
  }

  template <class Outcome>
  void commit_outcome(const RequestResult<Outcome>& outcome) {
    if (!outcome) return;
    for (const Change& change : outcome->changes) EXPECT_TRUE(world_.commit(change)) << change.why;
  }

  void owner() {
    const WallTime wall = world_.clock.wall();
    switch (dice_.below(8)) {
      case 0:
        if (auto changes = scale(world_.state, world_.web, static_cast<int64_t>(dice_.below(6)), wall))
          world_.commit_all(changes);
        break;
      case 1:
        if (auto changes = stop(world_.state, world_.web, wall); changes && one_in(2))
          world_.commit_all(changes);
        break;
      case 2:
      case 3:
        commit_outcome(promote(world_.state, world_.web, wall));
        break;
      case 4:
        commit_outcome(rollback(world_.state, world_.web, 0, wall, world_.random));
        break;
      case 5:
        commit_outcome(restart(world_.state, world_.web, wall, world_.random));
        break;
      default:
        world_.apply(any_spec());
    }
  }

  void agent() {
    const auto tasks = world_.tasks();
    if (tasks.empty()) return;
    const model::Task& task = tasks[dice_.below(tasks.size())];
    if (task.intent() == model::TASK_INTENT_RELEASE) {
      world_.erase(world_.state.keys().endpoint(task.node(), task.id()));
      world_.report(task.id(), model::TASK_STATE_STOPPED);
    } else if (task.state() == model::TASK_STATE_READY && one_in(6)) {
      world_.erase(world_.state.keys().endpoint(task.node(), task.id()));
      world_.report(task.id(), one_in(2) ? model::TASK_STATE_RUNNING : model::TASK_STATE_FAILED, "it broke",
                    one_in(3));
    } else if (task.intent() == model::TASK_INTENT_RUN && task.state() != model::TASK_STATE_READY) {
      world_.make_ready(task.id());
    }
  }

  void gateway() {
    const std::string id = one_in(2) ? "gw-1" : "gw-2";
    std::map<std::string, std::string> refused;
    if (one_in(15)) refused[world_.state.keys().route("default", "shop", "web")] = "no";
    std::map<std::string, uint64_t> in_flight;
    if (const auto tasks = world_.tasks(); !tasks.empty() && one_in(4)) in_flight[tasks[0].id()] = 1;
    world_.acknowledge(id, refused, in_flight);
  }

  void anything() {
    switch (dice_.below(10)) {
      case 0:
        return owner();
      case 1:
      case 2:
        return gateway();
      case 3:
        world_.pass(std::chrono::seconds(1 + dice_.below(40)));
        return;
      case 4:
        if (one_in(3)) world_.pass(70s, {kNodes[dice_.below(kNodes.size())]});
        return;
      case 5:
        if (!one_in(6)) return;
        world_.take_over();
        for (const char* node : kNodes) world_.hear(node);
        return;
      default:
        return agent();
    }
  }

  /// What holds at each moment.
  void look() {
    if (!world_.state.service(world_.web)) return;
    const ServiceView view = view_of(world_.state, world_.web);
    if (!view.is_before_switch()) return;
    const uint32_t to = view.deployment->value.to_version();
    const auto* version = world_.state.version(world_.web, to);
    if (version->value.spec().update().strategy() != model::UPDATE_STRATEGY_RECREATE) return;
    const Crowds crowds = crowds_of(world_.state, view);
    uint32_t versions = 0;
    for (const auto& [number, crowd] : crowds) versions += crowd.staying > 0;
    EXPECT_LE(versions, 1U) << "what cannot run twice does";
  }

  SeededRandom dice_;
  World world_;
};

class EveryDeploymentEnds : public testing::TestWithParam<uint64_t> {};

TEST_P(EveryDeploymentEnds, WhateverHappensMeanwhile) {
  Ordeal ordeal(GetParam());
  ordeal.run(250);
  ordeal.calm_down();
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryDeploymentEnds, testing::Range<uint64_t>(1, 13));

}  // namespace
}  // namespace hancock::master
