#include "master/core/chaos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "master/core/assignments.h"
#include "master/core/endpoints.h"
#include "master/core/routes.h"
#include "master/core/service_view.h"
#include "model/time.h"

namespace hancock::master {
namespace {

constexpr int kNodes = 4;

bool starts(const std::string& text, std::string_view with) { return text.rfind(with, 0) == 0; }

}  // namespace

Chaos::Chaos(uint64_t seed) : world_(seed), dice_(seed * 7919 + 1) {
  for (int i = 1; i <= kNodes; ++i) {
    const std::string name = "node-" + std::to_string(i);
    world_.add_node(name, i <= 2 ? "site-1" : "site-2", 1'000);
    agents_[name].fence = world_.state.node_records().at(name).revision;
  }
}

void Chaos::step() {
  switch (dice_.below(12)) {
    case 0:
      owner_writes();
      break;
    case 1:
      nodes_come_and_go();
      break;
    case 2:
      world_.clock.advance(std::chrono::seconds(dice_.below(20)));
      break;
    case 3:
    case 4:
      gateways_act();
      break;
    case 5:
    case 6:
    case 7:
      agents_act();
      break;
    case 8:
      leader_plans();
      break;
    default:
      leader_plans();
      leader_commits();
  }
  check_events();
}

void Chaos::leader_plans() {
  for (Change& change : world_.plan().changes)
    if (!one_in(8)) pending_.push_back(std::move(change));  // one in eight is lost
}

/// Some at once, some later, from a State that is old by then.
void Chaos::leader_commits() {
  std::vector<Change> later;
  for (Change& change : pending_) {
    if (one_in(4)) {
      later.push_back(std::move(change));
      continue;
    }
    commit_checked(change);
    if (one_in(4)) {
      EXPECT_FALSE(world_.commit(change)) << "happened twice: " << change.why;
    }
  }
  pending_ = std::move(later);
}

void Chaos::commit_checked(const Change& change) {
  const auto released_before = released();
  const size_t pickable_before = pickable();
  const auto* route_before = world_.route();
  const auto split_before = route_before ? route_before->split : std::map<uint32_t, uint32_t>{};
  if (!world_.commit(change)) return;
  check_released(released_before, change.why);
  check_numbers(change);

  const auto* stored = world_.state.service(world_.web);
  if (!stored || stored->value.stopped() || stored->value.removing() || stored->value.replicas() == 0) return;
  const bool is_excused = change.why.find("silent") != std::string::npos ||
                          change.why.find("endpoints of") != std::string::npos ||
                          change.why.find("hopeless") != std::string::npos;
  if (pickable_before > 0 && !is_excused && world_.route()) {
    EXPECT_GT(pickable(), 0U) << "failed to empty: " << change.why;
  }
  if (world_.route() && world_.route()->split != split_before &&
      change.why.find("back") == std::string::npos) {
    EXPECT_GT(pickable(), 0U) << "switched to nobody: " << change.why;
  }
}

void Chaos::owner_writes() {
  if (world_.state.service(world_.web) && !one_in(3)) return;  // most Deployments get to their end
  const WallTime wall = world_.clock.wall();
  RequestResult<std::vector<Change>> changes;
  switch (dice_.below(10)) {
    case 0:
      changes = stop(world_.state, world_.web, wall);
      break;
    case 1:
      changes = remove(world_.state, world_.web, wall);
      break;
    case 2:
    case 3:
      changes = scale(world_.state, world_.web, static_cast<int64_t>(dice_.below(5)), wall);
      break;
    default: {
      auto outcome = apply_spec(world_.state, any_spec(), wall, world_.random);
      if (outcome) changes = std::move(outcome->changes);
    }
  }
  if (!changes) return;
  for (const Change& change : *changes) {
    EXPECT_TRUE(world_.commit(change)) << change.why;
    EXPECT_FALSE(world_.commit(change)) << "happened twice: " << change.why;
  }
}

model::AppSpec Chaos::any_spec() {
  model::AppSpec spec = shop(static_cast<uint32_t>(dice_.below(5)), "shop:" + std::to_string(dice_.below(4)));
  model::ServiceSpec& web = spec.mutable_services()->at("web");
  World::set_lost_after(spec, 15 + static_cast<int64_t>(dice_.below(40)));
  if (one_in(3)) web.mutable_disconnect()->set_reconcile(model::RECONCILE_KEEP_REPLACEMENT);
  if (one_in(6)) web.clear_routes();
  if (one_in(6)) web.mutable_placement()->set_max_per_node(1);
  if (one_in(6)) web.mutable_placement()->set_spread(model::SPREAD_SITE);
  return spec;
}

void Chaos::agents_act() {
  for (auto& [name, agent] : agents_) {
    if (!agent.is_silent && !one_in(4)) {
      if (std::exchange(agent.was_silent, false)) return_with_all(name, agent);
      world_.hear(name);
      agent.fence = world_.state.node_records().at(name).revision;
      agent.assignments = assignments_for(world_.state, name);
    }
    agent.was_silent |= agent.is_silent;
    agent_acts(name, agent);
  }
}

/// What it ran when it fell silent, it runs still.
void Chaos::return_with_all(const std::string& name, const Agent& agent) {
  std::vector<std::string> running;
  for (const model::Assignment& assignment : agent.assignments) {
    const auto* task = world_.state.task(assignment.task());
    const bool has_run = task && (task->value.has_ready_at() || is_live(task->value));
    if (has_run && assignment.intent() != model::TASK_INTENT_RELEASE) running.push_back(assignment.task());
  }
  world_.report_all(name, running);
}

void Chaos::agent_acts(const std::string& name, Agent& agent) {
  for (const model::Assignment& assignment : agent.assignments) {
    const auto* task = world_.state.task(assignment.task());
    if (task && task->value.node() == name && one_in(2)) act_on(name, agent, assignment);
  }
}

void Chaos::put_fenced(const std::string& node, const Agent& agent, store::Operation operation) {
  auto batch = world_.store.commit(
      {{store::Compare::unchanged(world_.state.keys().node(node), agent.fence)}, {std::move(operation)}});
  if (batch) world_.state.apply(*batch);
}

/// One step of a Task's life, by what the Agent last heard; a silent one goes on, but cannot report.
void Chaos::act_on(const std::string& name, const Agent& agent, const model::Assignment& assignment) {
  const model::Task task = world_.state.task(assignment.task())->value;
  const std::string key = world_.state.keys().endpoint(name, task.id());
  if (assignment.intent() == model::TASK_INTENT_RELEASE) {
    put_fenced(name, agent, store::Operation::remove(key));
    if (!agent.is_silent) world_.report(task.id(), model::TASK_STATE_STOPPED);
    return;
  }
  if (assignment.intent() == model::TASK_INTENT_DRAIN) return;
  const bool knows_of_loss = !agent.is_silent && !agent.was_silent;
  if (is_undecided(task) && knows_of_loss) return;
  if (one_in(40)) {
    put_fenced(name, agent, store::Operation::remove(key));
    if (!agent.is_silent) world_.report(task.id(), model::TASK_STATE_FAILED, "exited with code 1", true);
    return;
  }
  if (task.state() < model::TASK_STATE_RUNNING) {
    if (!agent.is_silent) world_.report(task.id(), static_cast<model::TaskState>(task.state() + 1));
    return;
  }
  registry::Endpoint endpoint;
  endpoint.task = task.id();
  endpoint.node = name;
  endpoint.site = task.site();
  endpoint.tenant = task.tenant();
  endpoint.app = task.app();
  endpoint.service = task.service();
  endpoint.version = task.version();
  endpoint.address = task.address();
  endpoint.ports = {{"http", 20'000}};
  endpoint.incarnation = 1;
  if (!world_.state.endpoints().contains({task.node(), task.id()}))
    put_fenced(name, agent, store::Operation::put(key, registry::encode(endpoint)));
  if (!agent.is_silent && task.state() == model::TASK_STATE_RUNNING)
    world_.report(task.id(), model::TASK_STATE_READY);
}

Chaos::View Chaos::view_now() const {
  View view;
  if (const auto* route = world_.route()) view.split = route->split;
  for (const auto& [id, endpoint] : world_.state.endpoints())
    if (endpoint.value.state == registry::EndpointState::kReady) view.ready[id.task] = endpoint.value.version;
  return view;
}

void Chaos::gateways_act() {
  if (views_.size() < 3 && one_in(3)) {
    const std::string id = "gw-" + std::to_string(++gateways_made_);
    world_.add_gateway(id);
    views_[id] = {};
    return;
  }
  std::vector<std::string> gone;
  for (auto& [id, view] : views_) {
    if (one_in(20)) {
      gone.push_back(id);
      continue;
    }
    if (one_in(3)) continue;  // it lags
    if (one_in(10)) refusing_.insert(id);
    if (one_in(3)) refusing_.erase(id);
    std::map<std::string, std::string> refused;
    const View now = view_now();
    auto split = now.split;
    if (refusing_.contains(id) && split != view.split) {
      split = view.split;  // the last good one stays
      refused[world_.state.keys().route("default", "shop", "web")] = "no";
    }
    view = {std::move(split), now.ready};
    std::map<std::string, uint64_t> in_flight;
    for (const auto& [barrier, record] : world_.state.barriers())
      for (const std::string& task : record.value.tasks) in_flight[task] = dice_.below(2);
    world_.acknowledge(id, refused, in_flight);
  }
  for (const std::string& id : gone) {
    views_.erase(id);
    refusing_.erase(id);
    world_.erase(world_.state.keys().gateway(id));
  }
}

void Chaos::nodes_come_and_go() {
  if (one_in(6)) return world_.take_over();
  auto it = agents_.begin();
  std::advance(it, static_cast<long>(dice_.below(agents_.size())));
  it->second.is_silent = !it->second.is_silent && one_in(2);
}

std::set<std::string> Chaos::released() const {
  std::set<std::string> found;
  for (const auto& [id, task] : world_.state.tasks())
    if (task.value.intent() == model::TASK_INTENT_RELEASE) found.insert(id);
  return found;
}

/// A released Task must be in nobody's way: no gateway may still send visitors to it.
void Chaos::check_released(const std::set<std::string>& before, const std::string& why) {
  for (const std::string& id : released()) {
    if (before.contains(id)) continue;
    for (const auto& [gateway, view] : views_) {
      auto ready = view.ready.find(id);
      const bool is_used = ready != view.ready.end() && view.split.contains(ready->second);
      EXPECT_FALSE(is_used) << gateway << " still uses " << id << ": " << why;
    }
  }
}

/// Whoever adds Tasks does not add too many.
void Chaos::check_numbers(const Change& change) {
  const std::string tasks = world_.state.state_keys().task("");
  const bool adds = std::any_of(change.guards.begin(), change.guards.end(), [&](const store::Compare& guard) {
    return guard.target == store::Compare::Target::kVersion && starts(guard.key, tasks);
  });
  if (!adds || !world_.state.service(world_.web)) return;
  const ServiceView view = view_of(world_.state, world_.web);
  auto wanted = wanted_of(view);
  std::map<uint32_t, uint32_t> staying;
  for (const StoredTask* task : view.live)
    if (is_staying(task->value) && !task->value.hopeless()) ++staying[task->value.version()];
  for (auto [version, count] : wanted)
    EXPECT_LE(staying[version], count) << "version " << version << ": " << change.why;
}

/// Tasks that a visitor could reach through an up-to-date gateway.
size_t Chaos::pickable() const {
  const auto* route = world_.route();
  if (!route) return 0;
  size_t count = 0;
  for (const model::Task& task : world_.serving()) count += is_in_split(*route, task.version());
  return count;
}

void Chaos::check_events() {
  for (size_t i = 0; i < world_.events.size(); ++i)
    ASSERT_EQ(world_.events[i].number(), static_cast<int64_t>(i) + 1);
}

void Chaos::calm_down() {
  pending_.clear();
  refusing_.clear();
  for (int turn = 0; turn < 40; ++turn) {
    for (auto& [name, agent] : agents_) {
      agent.is_silent = false;
      if (std::exchange(agent.was_silent, false)) return_with_all(name, agent);
      world_.hear(name);
    }
    world_.run();
    world_.pass(std::chrono::minutes(10));
  }
  for (auto& [name, agent] : agents_) world_.hear(name);
  world_.run();
}

void Chaos::check_rest() {
  EXPECT_TRUE(world_.plan().changes.empty()) << world_.plan().changes[0].why;
  EXPECT_TRUE(world_.state.barriers().empty());
  EXPECT_TRUE(world_.state.unreadable().empty());
  const auto* service = world_.state.service(world_.web);
  if (!service) {
    EXPECT_TRUE(world_.tasks().empty());
    EXPECT_TRUE(world_.state.claims().empty());
    EXPECT_EQ(world_.route(), nullptr);
    return;
  }
  EXPECT_EQ(service->value.deployment(), "");
  for (const auto& [id, deployment] : world_.state.deployments()) EXPECT_FALSE(is_running(deployment.value));
  const uint32_t wanted =
      service->value.stopped() || service->value.version() == 0 ? 0 : service->value.replicas();
  EXPECT_EQ(world_.tasks().size(), wanted) << world_.plan().waiting[world_.web];
  EXPECT_EQ(world_.serving(service->value.version()).size(), wanted);
  EXPECT_EQ(world_.state.endpoints().size(), wanted);
  const auto* version = world_.state.version(world_.web, service->value.version());
  const bool has_routes = version && version->value.spec().routes_size() > 0;
  EXPECT_EQ(world_.state.claims().size(), has_routes ? 1U : 0U);
  if (world_.route()) {
    EXPECT_TRUE(has_routes);
    EXPECT_TRUE(is_in_split(*world_.route(), service->value.version()));
  }
}

}  // namespace hancock::master
