#include "master/core/strategy.h"

#include <algorithm>
#include <array>

#include "master/core/routes.h"
#include "master/core/timing.h"

namespace hancock::master {
namespace {

bool whenever(const model::Deployment&) { return true; }
bool when_promoted(const model::Deployment& deployment) { return deployment.promoted(); }
bool no_step(ServiceDraft&, const Standing&) { return false; }

constexpr Strategy kBlueGreen{&aim_blue_green, &whenever, &no_step};

struct Row {
  model::UpdateStrategy name;
  Strategy strategy;
};
constexpr std::array kStrategies{
    Row{model::UPDATE_STRATEGY_BLUE_GREEN, kBlueGreen},
    Row{model::UPDATE_STRATEGY_RECREATE, {&aim_recreate, &whenever, &no_step}},
    Row{model::UPDATE_STRATEGY_ROLLING, {&aim_rolling, &whenever, &no_step}},
    Row{model::UPDATE_STRATEGY_CANARY, {&aim_canary, &when_promoted, &step_canary}},
};

/// The entrances of the old Version, which hold until the switch, lead to ports that the new one has, too.
bool share_entrances(const model::ServiceSpec& from, const model::ServiceSpec& to) {
  return std::all_of(from.routes().begin(), from.routes().end(), [&](const model::RouteSpec& route) {
    const std::string& port =
        route.port().empty() && from.ports_size() > 0 ? from.ports(0).name() : route.port();
    return std::any_of(to.ports().begin(), to.ports().end(),
                       [&](const model::PortSpec& each) { return each.name() == port; });
  });
}

bool is_alone(const Standing& standing, uint32_t version) {
  return standing.update(version).strategy() == model::UPDATE_STRATEGY_RECREATE;
}

/// How many more than wanted may run while a Deployment that ended half way is taken back.
uint32_t limit_on_the_way_back(const Standing& is, uint32_t wanted, uint32_t beside) {
  const model::UpdateSpec& update = is.update(is.version);
  if (update.strategy() != model::UPDATE_STRATEGY_ROLLING) return wanted;
  const Crowd own = is.crowd(is.version);
  return std::min(wanted, std::max(own.staying, less(wanted + max_surge(update), beside + own.leaving)));
}

}  // namespace

Crowd Standing::crowd(uint32_t of) const {
  const auto found = crowds.find(of);
  return found == crowds.end() ? Crowd() : found->second;
}

uint32_t Standing::live_beside(uint32_t of) const {
  uint32_t live = 0;
  for (const auto& [other, crowd] : crowds)
    if (other != of) live += crowd.live();
  return live;
}

bool Standing::is_visited(uint32_t of) const { return view.route && is_in_split(view.route->value, of); }

const model::UpdateSpec& Standing::update(uint32_t of) const {
  const auto* found = state.version(view.ref, of);
  return found ? found->value.spec().update() : model::UpdateSpec::default_instance();
}

Standing standing_of(const State& state, const ServiceView& view) {
  const model::Service& service = view.service();
  Standing standing{state, view, crowds_of(state, view), service.version(), 0, nullptr};
  if (!service.stopped() && service.version() != 0) standing.number = service.replicas();
  if (view.is_before_switch())
    standing.deployment = &view.deployment->value;
  else if (view.held)
    standing.deployment = &view.held->value;
  return standing;
}

const Strategy& strategy_of(const Standing& is) {
  const model::Deployment& deployment = *is.deployment;
  const auto* from = is.state.version(is.view.ref, is.version);
  const auto* to = is.state.version(is.view.ref, deployment.to_version());
  if (!to) return kBlueGreen;
  model::UpdateStrategy wanted = to->value.spec().update().strategy();
  if (excludes_others(is)) wanted = model::UPDATE_STRATEGY_RECREATE;
  const bool has_old = from && is.number > 0 && is.version != deployment.to_version();
  if (!has_old && wanted != model::UPDATE_STRATEGY_RECREATE) return kBlueGreen;
  const bool mixes = wanted == model::UPDATE_STRATEGY_ROLLING || wanted == model::UPDATE_STRATEGY_CANARY;
  if (mixes && !share_entrances(from->value.spec(), to->value.spec())) return kBlueGreen;
  for (const Row& row : kStrategies)
    if (row.name == wanted) return row.strategy;
  return kBlueGreen;
}

Aim aim_of(const State& state, const ServiceView& view) {
  if (view.service().removing()) return {};
  const Standing is = standing_of(state, view);
  if (!is.deployment) return aim_of_serving(is);
  Aim aim = strategy_of(is).aim(is);
  if (!view.held) return aim;
  const uint32_t to = is.deployment->to_version();  // none is started any more
  aim.tasks[to] = std::min(aim.tasks[to], is.crowd(to).staying);
  return aim;
}

bool excludes_others(const Standing& standing) {
  if (is_alone(standing, standing.version)) return true;
  return std::any_of(standing.crowds.begin(), standing.crowds.end(),
                     [&](const auto& crowd) { return is_alone(standing, crowd.first); });
}

uint32_t max_surge(const model::UpdateSpec& update) {
  return std::max<uint32_t>(1, update.has_max_surge() ? update.max_surge() : defaults::kMaxSurge);
}

uint32_t max_parallel(const model::UpdateSpec& update) {
  return std::max<uint32_t>(1, update.has_max_parallel() ? update.max_parallel() : defaults::kMaxParallel);
}

uint32_t alone(const Standing& is, uint32_t version, uint32_t wanted) {
  const Crowd own = is.crowd(version);
  if (is.live_beside(version) > 0) return std::min(own.staying, wanted);
  return std::min(wanted, std::max(own.staying, less(wanted, own.leaving)));
}

std::map<uint32_t, uint32_t> split_by_tasks(const Standing& is, const std::map<uint32_t, uint32_t>& tasks) {
  constexpr uint32_t kAll = 100;
  std::map<uint32_t, uint32_t> split;
  for (const auto& [version, wanted] : tasks)
    if (const uint32_t serving = std::min(is.crowd(version).serving, wanted); serving > 0)
      split[version] = serving;
  if (split.size() == 1) split.begin()->second = kAll;
  return split;
}

Aim aim_of_serving(const Standing& is, uint32_t coming) {
  Aim aim;
  if (is.number == 0) return aim;
  if (excludes_others(is)) {
    aim.tasks[is.version] = alone(is, is.version, is.number);
    if (is.live_beside(is.version) == 0) aim.split = split_by_tasks(is, aim.tasks);
    return aim;
  }
  uint32_t lacking = less(is.number, is.crowd(is.version).serving);
  uint32_t beside = 0;
  for (const auto& [version, crowd] : is.crowds) {
    if (version == is.version || version == coming) continue;
    beside += crowd.live();
    const uint32_t kept = is.is_visited(version) ? std::min(crowd.serving, lacking) : 0;
    if (kept > 0) aim.tasks[version] = kept;
    lacking -= kept;
  }
  const bool goes_back = !aim.tasks.empty();
  aim.tasks[is.version] = goes_back ? limit_on_the_way_back(is, is.number, beside) : is.number;
  aim.split = split_by_tasks(is, aim.tasks);
  return aim;
}

}  // namespace hancock::master
