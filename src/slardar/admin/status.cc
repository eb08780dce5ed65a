// The JSON documents of the admin API: /status and /routes.
#include <fmt/chrono.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "slardar/admin/gateway_view.h"
#include "slardar/config/config.h"

namespace hancock::slardar {
namespace {

using OrderedJson = nlohmann::ordered_json;

// "YYYY-MM-DD HH:MM:SS", local: what callers of this status page read.
std::string local_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", parts);
}

std::string dump(const OrderedJson& document) {
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

OrderedJson seconds_of(std::chrono::milliseconds span) {
  if (span.count() % 1'000 == 0) return span.count() / 1'000;
  return static_cast<double>(span.count()) / 1e3;
}

/// A server's counts over all workers.
struct Sums {
  uint64_t in_flight = 0;
  uint64_t idle = 0;
  uint64_t tries = 0;
  uint64_t failures = 0;
  std::string last_failure;
};

Sums sums_of(const GatewayView& view, const std::string& upstream, const Server& server) {
  Sums sums;
  const std::string name = server.address.to_string();
  for (const WorkerStatus& worker : view.workers) {
    for (const PeerStatus& peer : worker.peers) {
      if (peer.upstream != upstream || peer.name != name || peer.task != server.task) continue;
      sums.in_flight += peer.in_flight;
      sums.idle += peer.idle;
      sums.tries += peer.tries;
      sums.failures += peer.failures;
      if (!peer.last_failure.empty()) sums.last_failure = peer.last_failure;
    }
  }
  return sums;
}

OrderedJson server_status(const GatewayView& view, const Upstream& upstream, const Server& server,
                          bool draining) {
  const Sums sums = sums_of(view, upstream.name, server);
  const CheckReport* const known = view.checks.find(upstream.key, server.identity());
  const CheckReport check = known ? *known : CheckReport();
  const std::string& why = check.msg.empty() ? sums.last_failure : check.msg;
  OrderedJson item{
      {"server", fmt::format("{}:{}:{}", upstream.name, server.address.host(), server.address.port())},
      {"status", to_string(check.verdict)},
      {"weight", server.weight},
      {"max_fails", server.passive.max_fails},
      {"fail_timeout", seconds_of(server.passive.fail_timeout)},
      {"fail_num", check.fail_num},
      {"lastmodified", local_time(known ? check.modified : view.started)},
      {"msg", why.empty() ? OrderedJson() : OrderedJson(why)}};
  if (!check.facts.redis_version.empty()) item["redis_version"] = check.facts.redis_version;
  if (!check.facts.replication.empty()) item["replication"] = check.facts.replication;
  if (!server.task.empty()) item["task"] = server.task;
  item["drain"] = draining;
  item["in_flight"] = sums.in_flight;
  item["idle_connections"] = sums.idle;
  item["tries"] = sums.tries;
  item["failures"] = sums.failures;
  return item;
}

/// An array of levels, or an object of named ones.
template <class Write>
OrderedJson levels_json(const Upstream& upstream, Write write) {
  OrderedJson all = upstream.named ? OrderedJson::object() : OrderedJson::array();
  for (const Upstream::Level& level : upstream.levels) {
    if (upstream.named) {
      all[level.name] = write(level);
    } else {
      all.push_back(write(level));
    }
  }
  return all;
}

OrderedJson upstream_status(const GatewayView& view, const Upstream& upstream) {
  OrderedJson all = levels_json(upstream, [&](const Upstream::Level& level) {
    OrderedJson list = OrderedJson::array();
    for (const Server& server : level.servers) list.push_back(server_status(view, upstream, server, false));
    return list;
  });
  if (upstream.draining.empty() && upstream.servers() > 0) return all;
  OrderedJson leaving = OrderedJson::array();
  for (const Server& server : upstream.draining)
    leaving.push_back(server_status(view, upstream, server, true));
  if (all.empty()) return OrderedJson::array({leaving});
  for (auto& each : leaving) all[0].push_back(std::move(each));
  return all;
}

/// Servers whose host names cannot be found now.
OrderedJson unresolved_json(const Snapshot& snapshot) {
  OrderedJson list = OrderedJson::array();
  for (const UpstreamPtr& upstream : snapshot.upstreams) {
    if (!upstream) continue;
    for (const Unresolved& each : upstream->unresolved) {
      list.push_back(
          {{"server", fmt::format("{}:{}:{}", upstream->name, each.host, each.port)}, {"msg", each.why}});
    }
  }
  return list;
}

OrderedJson listeners_json(const GatewayView& view) {
  OrderedJson list = OrderedJson::array();
  for (const auto& each : view.listeners) {
    OrderedJson item{{"kind", each.kind}, {"address", each.address}};
    if (!each.serves.empty()) item["serves"] = each.serves;
    list.push_back(std::move(item));
  }
  return list;
}

OrderedJson certificates_json(const Snapshot& snapshot) {
  OrderedJson list = OrderedJson::array();
  for (const CertificateTable::Entry& each : snapshot.certificates->entries()) {
    list.push_back({{"source", each.source},
                    {"names", each.certificate->names()},
                    {"not_after", to_rfc3339(each.certificate->not_after())}});
  }
  return list;
}

OrderedJson workers_json(const GatewayView& view) {
  OrderedJson list = OrderedJson::array();
  for (const WorkerStatus& worker : view.workers) {
    uint64_t requests = 0;
    for (const uint64_t count : worker.counters.durations.counts()) requests += count;
    list.push_back({{"worker", worker.worker},
                    {"snapshot", worker.snapshot},
                    {"requests", requests},
                    {"in_flight", worker.counters.in_flight},
                    {"connections", worker.counters.visitor_connections},
                    {"peer_connections", worker.peer_connections}});
  }
  return list;
}

OrderedJson registry_json(const GatewayView& view) {
  return {{"in_touch", view.in_touch},
          {"revision", view.revision},
          {"lag_seconds", view.lag_seconds},
          {"applied", {{"epoch", view.applied.epoch}, {"revision", view.applied.revision.value()}}},
          {"from_disk", view.from_disk},
          {"last_error", view.last_error.empty() ? OrderedJson() : OrderedJson(view.last_error)}};
}

OrderedJson route_json(const Snapshot& snapshot, const Route& route) {
  OrderedJson shares = OrderedJson::array();
  for (const Route::Share& share : route.shares) {
    const Upstream& upstream = *snapshot.upstreams[share.upstream];
    shares.push_back({{"upstream", upstream.name},
                      {"weight", share.weight},
                      {"servers", upstream.servers()},
                      {"draining", upstream.draining.size()}});
  }
  return {{"source", route.source},
          {"split", std::move(shares)},
          {"tries", route.tries},
          {"timeouts_ms",
           {{"connect", route.connect.count()},
            {"response_head", route.response_head.count()},
            {"idle", route.idle.count()}}}};
}

}  // namespace

std::string status_json(const GatewayView& view) {
  OrderedJson config_timer = OrderedJson::object();
  for (size_t i = 0; i < view.workers_wanted; ++i) config_timer[fmt::format("worker-{}", i)] = "silent";
  for (const WorkerStatus& worker : view.workers)
    config_timer[fmt::format("worker-{}", worker.worker)] = "alive";
  OrderedJson status{
      {"slardar_version", kVersion},
      {"start_time", local_time(view.started)},
      {"shd_config_version", view.snapshot->number},
      {"checkup_timer_alive", true},
      {"last_check_time",
       view.checks.last == WallTime() ? OrderedJson() : OrderedJson(local_time(view.checks.last))},
      {"config_timer", std::move(config_timer)},
      {"id", view.id},
      {"site", view.site},
      {"ready", view.ready},
      {"draining", view.draining},
      {"listeners", listeners_json(view)},
      {"certificates", certificates_json(*view.snapshot)},
      {"registry", registry_json(view)},
      {"refused", view.snapshot->refused},
      {"unresolved", unresolved_json(*view.snapshot)},
      {"workers", workers_json(view)}};
  for (const UpstreamPtr& upstream : view.snapshot->upstreams) {
    if (upstream) status["cls:" + upstream->name] = upstream_status(view, *upstream);
  }
  return dump(status);
}

std::string routes_json(const GatewayView& view) {
  const Snapshot& snapshot = *view.snapshot;
  OrderedJson http = OrderedJson::array();
  snapshot.http->each([&](const std::string& host, const std::string& path, RouteIndex route) {
    OrderedJson item{{"host", host}, {"path", path}};
    item.update(route_json(snapshot, *snapshot.routes[route]));
    http.push_back(std::move(item));
  });
  OrderedJson tcp = OrderedJson::array();
  for (const TcpEntrance& entrance : snapshot.tcp) {
    OrderedJson item{{"port", entrance.port}};
    if (!entrance.sni.empty()) item["sni"] = entrance.sni;
    item.update(route_json(snapshot, *snapshot.routes[entrance.route]));
    tcp.push_back(std::move(item));
  }
  return dump({{"http", std::move(http)}, {"tcp", std::move(tcp)}});
}

}  // namespace hancock::slardar
