#include "master/core/routes.h"

#include "base/number.h"
#include "master/core/timing.h"

namespace hancock::master {
namespace {

/// Keeps `otherwise` for what is not set: a record holds no duration of 0.
void set_ms(int64_t& target, bool is_set, const google::protobuf::Duration& duration) {
  if (!is_set) return;
  auto ms = std::chrono::ceil<std::chrono::milliseconds>(model::from_proto(duration)).count();
  if (ms > 0) target = ms;
}

registry::Entrance::FieldEdits edits_of(const model::RouteSpec::FieldEdits& edits) {
  return {{edits.set().begin(), edits.set().end()}, {edits.remove().begin(), edits.remove().end()}};
}

registry::Entrance entrance_of(const model::ServiceSpec& spec, const model::RouteSpec& route) {
  registry::Entrance entrance;
  if (route.tcp() != 0) {
    entrance.tcp = static_cast<uint16_t>(route.tcp());
    entrance.sni.assign(route.sni().begin(), route.sni().end());
  } else {
    entrance.hosts.assign(route.hosts().begin(), route.hosts().end());
    if (route.paths_size() > 0) entrance.paths.assign(route.paths().begin(), route.paths().end());
  }
  entrance.port = route.port();
  if (entrance.port.empty() && spec.ports_size() > 0) entrance.port = spec.ports(0).name();
  if (!route.balance().empty()) entrance.balance = route.balance();
  const auto& timeouts = route.timeouts();
  set_ms(entrance.timeouts.connect_ms, timeouts.has_connect(), timeouts.connect());
  set_ms(entrance.timeouts.response_head_ms, timeouts.has_response_head(), timeouts.response_head());
  set_ms(entrance.timeouts.idle_ms, timeouts.has_idle(), timeouts.idle());
  set_ms(entrance.timeouts.total_ms, timeouts.has_total(), timeouts.total());
  if (route.has_retry() && route.retry().tries() > 0) {
    entrance.retry.tries = route.retry().tries();
    entrance.retry.unsafe = route.retry().unsafe();
  }
  entrance.sticky = route.sticky();
  entrance.redirect_https = route.redirect_https();
  entrance.limits = {route.limits().in_flight(), route.limits().rate(), route.limits().burst(),
                     route.limits().body()};
  entrance.request_headers = edits_of(route.headers().request());
  entrance.response_headers = edits_of(route.headers().response());
  entrance.protocol = route.protocol();
  entrance.proxy_protocol = route.proxy_protocol();
  entrance.tls = route.tls();
  set_ms(entrance.slow_start_ms, route.has_slow_start(), route.slow_start());
  return entrance;
}

registry::Health health_of(const model::HealthSpec& spec) {
  registry::Health health;
  health.enable = !spec.has_enable() || spec.enable();
  if (!spec.typ().empty()) health.typ = spec.typ();
  set_ms(health.timeout_ms, spec.has_timeout(), spec.timeout());
  set_ms(health.interval_ms, spec.has_interval(), spec.interval());
  if (spec.sensibility() > 0) health.sensibility = spec.sensibility();
  if (spec.rise() > 0) health.rise = spec.rise();
  health.protect = !spec.has_protected_() || spec.protected_();
  health.query = spec.http_opts().query();
  for (const auto& [status, is_good] : spec.http_opts().statuses())
    health.statuses[parse_number<uint32_t>(status).value_or(0)] = is_good;
  health.name = spec.name();
  health.user = spec.user();
  health.pass = spec.pass();
  return health;
}

}  // namespace

registry::Route route_of(const ServiceRef& service, const model::ServiceSpec& spec, const Split& split,
                         int64_t generation) {
  registry::Route route;
  route.tenant = service.tenant;
  route.app = service.app;
  route.service = service.service;
  for (const model::RouteSpec& each : spec.routes()) route.entrances.push_back(entrance_of(spec, each));
  route.health = health_of(spec.health());
  route.split = split;
  route.generation = generation;
  return route;
}

bool is_in_split(const registry::Route& route, uint32_t version) {
  auto it = route.split.find(version);
  return it != route.split.end() && it->second > 0;
}

}  // namespace hancock::master
