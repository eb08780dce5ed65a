#include "sim/owner.h"

#include <algorithm>
#include <array>
#include <set>

#include "master/core/requests.h"

namespace hancock::sim {
namespace {

constexpr Duration kOwnerTimeout = 10s;
constexpr Duration kAskAgain = 1s;
constexpr int kAskings = 60;
const std::vector<std::string> kServices{"api", "web"};

template <class T>
Result<std::vector<master::Change>> changes_of(master::RequestResult<T> outcome) {
  if (!outcome) return fail(ErrorCode::kInvalid, "{}", outcome.error()[0].message);
  if constexpr (std::is_same_v<T, std::vector<master::Change>>)
    return std::move(*outcome);
  else
    return std::move(outcome->changes);
}

/// By the image's tag.
constexpr std::array kStrategies{model::UPDATE_STRATEGY_BLUE_GREEN, model::UPDATE_STRATEGY_BLUE_GREEN,
                                 model::UPDATE_STRATEGY_BLUE_GREEN, model::UPDATE_STRATEGY_CANARY,
                                 model::UPDATE_STRATEGY_ROLLING,    model::UPDATE_STRATEGY_RECREATE};

void set(google::protobuf::Duration& duration, uint64_t seconds) {
  duration.set_seconds(static_cast<int64_t>(seconds));
}

/// What is sensible needs nobody to promote it.
void set_strategy(model::UpdateStrategy strategy, bool is_sensible, model::UpdateSpec& update) {
  update.set_strategy(strategy);
  set(*update.mutable_step(), 4);
  update.add_weights(30);
  update.set_auto_promote(is_sensible || update.drain_timeout().seconds() % 2 == 0);
}

}  // namespace

Owner::Owner(Ground& ground, Network& network, std::vector<Master*> masters)
    : ground_(ground), network_(network), masters_(std::move(masters)), party_(ground.timeline, "owner") {
  party_.start();
}

void Owner::start(TimePoint end, uint64_t writes) {
  deploy();
  const Duration span = end - ground_.timeline.now();
  for (uint64_t i = 0; i < writes; ++i)
    party_.after(ground_.between(Duration(0), span), [this] { write_something(); });
}

void Owner::end_well() {
  party_.start();
  under_way_ = 0;
  is_sensible_ = true;
  deploy();
}

void Owner::write_something() {
  const model::ServiceRef service{"default", "shop", kServices[ground_.dice.below(kServices.size())]};
  switch (ground_.dice.below(10)) {
    case 0:
      return ask(
          "stop " + service.to_string(),
          [service](const master::State& state, WallTime wall) {
            return changes_of(master::stop(state, service, wall));
          },
          kAskings);
    case 1:
      return ask(
          "rm " + service.to_string(),
          [service](const master::State& state, WallTime wall) {
            return changes_of(master::remove(state, service, wall));
          },
          kAskings);
    case 2:
      if (ground_.dice.below(2) == 0) return go_back_or_on(service);
      [[fallthrough]];
    case 3: {
      const auto replicas = static_cast<int64_t>(ground_.dice.below(5));
      return ask(
          fmt::format("scale {} to {}", service.to_string(), replicas),
          [service, replicas](const master::State& state, WallTime wall) {
            return changes_of(master::scale(state, service, replicas, wall));
          },
          kAskings);
    }
    default:
      return deploy();
  }
}

void Owner::go_back_or_on(const model::ServiceRef& service) {
  const uint64_t which = ground_.dice.below(3);
  static const std::array kVerbs{"rollback", "restart", "promote"};
  ask(
      fmt::format("{} {}", kVerbs[which], service.to_string()),
      [this, service, which](const master::State& state, WallTime wall) {
        if (which == 0) return changes_of(master::rollback(state, service, 0, wall, ground_.dice));
        if (which == 1) return changes_of(master::restart(state, service, wall, ground_.dice));
        return changes_of(master::promote(state, service, wall));
      },
      kAskings);
}

void Owner::deploy() {
  const model::AppSpec spec = any_spec();
  std::set<std::string> services;  // in an order, which protobuf's map has not
  for (const auto& [name, service] : spec.services())
    services.insert(fmt::format(" {}={}x{}", name, service.image(), service.replicas()));
  std::string what = "deploy";
  for (const std::string& service : services) what += service;
  ask(
      std::move(what),
      [this, spec](const master::State& state, WallTime wall) {
        return changes_of(master::apply_spec(state, spec, wall, ground_.dice));
      },
      kAskings);
}

Master* Owner::any_serving() {
  std::vector<Master*> serving;
  for (Master* each : masters_)
    if (each->party().is_up() && each->is_serving()) serving.push_back(each);
  return serving.empty() ? nullptr : serving[ground_.dice.below(serving.size())];
}

/// Asks until somebody answers: what is done already is not done again.
void Owner::ask(std::string what, Request request, int attempts) {
  ++under_way_;
  ground_.trace.say("owner: {}", what);
  Master* const to = any_serving();
  const auto answered = [=, this](const Result<bool>& answer) {
    --under_way_;
    const bool is_refused = !answer && answer.error().code == ErrorCode::kInvalid;
    if (answer || is_refused || attempts == 0) return;
    ++under_way_;
    party_.after(kAskAgain, [=, this] {
      --under_way_;
      ask(what, request, attempts - 1);
    });
  };
  if (to == nullptr) return answered(fail(ErrorCode::kUnavailable, "nobody leads"));
  network_.call<bool>(
      party_, to->party(), kOwnerTimeout,
      [to, request](const Done<bool>& answer) { to->write(request, answer); }, answered);
}

model::AppSpec Owner::any_spec() {
  model::AppSpec spec;
  spec.set_tenant("default");
  spec.set_app("shop");
  for (const std::string& name : kServices)
    if (name == "web" || ground_.one_in(3)) (*spec.mutable_services())[name] = any_service(name);
  return spec;
}

model::ServiceSpec Owner::any_service(const std::string& name) {
  static const std::vector<std::string> kImages{"good", "good", "good", "good", "sick", "crash", "gone"};
  const std::string kind = is_sensible_ ? "good" : kImages[ground_.dice.below(kImages.size())];
  model::ServiceSpec spec;
  const uint64_t tag = ground_.dice.below(kStrategies.size());
  spec.set_image(fmt::format("{}-{}:{}", kind, name, tag));
  spec.set_replicas(static_cast<uint32_t>(1 + ground_.dice.below(4)));
  spec.mutable_resources()->set_cpu_millis(100);
  spec.mutable_resources()->set_memory_bytes(64 << 20);
  spec.mutable_resources()->set_pids(64);
  model::PortSpec& port = *spec.add_ports();
  port.set_name("http");
  port.set_port(8080);
  if (!ground_.one_in(6)) {
    model::RouteSpec& route = *spec.add_routes();
    route.add_hosts(name + ".test");
    route.add_paths("/");
    route.set_port("http");
  }
  if (!ground_.one_in(6)) {
    model::ProbeSpec& ready = *spec.mutable_probes()->mutable_ready();
    ready.mutable_tcp()->set_port("http");
    set(*ready.mutable_interval(), 3);
    ready.set_rise(1);
  }
  if (ground_.one_in(3)) {
    model::ProbeSpec& live = *spec.mutable_probes()->mutable_live();
    live.mutable_tcp()->set_port("http");
    set(*live.mutable_interval(), 4);
    set(*live.mutable_start_period(), 10);
  }
  set(*spec.mutable_update()->mutable_min_healthy_time(), ground_.dice.below(4));
  set(*spec.mutable_update()->mutable_healthy_deadline(), 20);
  set(*spec.mutable_update()->mutable_progress_deadline(), 40);
  set(*spec.mutable_update()->mutable_deadline(), 90);
  set(*spec.mutable_update()->mutable_drain_timeout(), 1 + ground_.dice.below(10));
  spec.mutable_update()->set_keep_versions(3);
  set_strategy(kStrategies[tag], is_sensible_, *spec.mutable_update());
  set(*spec.mutable_restart()->mutable_max_backoff(), 4);
  spec.mutable_restart()->set_attempts(3);
  set(*spec.mutable_disconnect()->mutable_lost_after(), 12 + ground_.dice.below(40));
  if (ground_.one_in(6))
    spec.mutable_placement()->set_max_per_node(1 + static_cast<uint32_t>(ground_.dice.below(2)));
  if (ground_.one_in(6)) spec.mutable_placement()->set_spread(model::SPREAD_SITE);
  return spec;
}

}  // namespace hancock::sim
