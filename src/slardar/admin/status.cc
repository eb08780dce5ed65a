// The JSON documents of the admin API: /status and /routes.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "slardar/admin/status_report.h"
#include "slardar/config/config.h"

namespace hancock::slardar {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string dump(const OrderedJson& document) {
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

OrderedJson seconds_of(std::chrono::milliseconds span) {
  if (span.count() % 1'000 == 0) return span.count() / 1'000;
  return static_cast<double>(span.count()) / 1e3;
}

OrderedJson server_json(const std::string& upstream, const ServerReport& server) {
  const std::string& why = server.check.msg.empty() ? server.last_failure : server.check.msg;
  OrderedJson item{{"server", fmt::format("{}:{}:{}", upstream, server.host, server.port)},
                   {"status", to_string(server.check.verdict)},
                   {"weight", server.weight},
                   {"max_fails", server.passive.max_fails},
                   {"fail_timeout", seconds_of(server.passive.fail_timeout)},
                   {"fail_num", server.check.fail_num},
                   {"lastmodified", local_time(server.check.modified)},
                   {"msg", why.empty() ? OrderedJson() : OrderedJson(why)}};
  if (!server.check.facts.redis_version.empty()) item["redis_version"] = server.check.facts.redis_version;
  if (!server.check.facts.replication.empty()) item["replication"] = server.check.facts.replication;
  if (!server.task.empty()) item["task"] = server.task;
  item["drain"] = server.is_draining;
  item["passive"] = {{"state", passive_state_of(server)},
                     {"recent_failures", server.recent_failures},
                     {"out_for", seconds_of(std::chrono::ceil<std::chrono::milliseconds>(server.out_for))},
                     {"resting_in", server.resting_in}};
  item["slow_start"] = server.share_percent;
  item["in_flight"] = server.in_flight;
  item["idle_connections"] = server.idle;
  item["tries"] = server.tries;
  item["failures"] = server.failures;
  item["latency_ms"] = server.latency_ms ? OrderedJson(*server.latency_ms) : OrderedJson();
  return item;
}

/// An array of levels, or an object of named ones.
OrderedJson upstream_json(const UpstreamReport& upstream) {
  OrderedJson all = upstream.named ? OrderedJson::object() : OrderedJson::array();
  for (const LevelReport& level : upstream.levels) {
    OrderedJson servers = OrderedJson::array();
    for (const ServerReport& each : level.servers) servers.push_back(server_json(upstream.name, each));
    if (upstream.named) {
      all[level.name] = std::move(servers);
    } else {
      all.push_back(std::move(servers));
    }
  }
  return all;
}

/// Servers whose host names cannot be found now.
OrderedJson unresolved_json(const std::vector<UpstreamReport>& upstreams) {
  OrderedJson list = OrderedJson::array();
  for (const UpstreamReport& upstream : upstreams) {
    for (const Unresolved& each : upstream.unresolved) {
      list.push_back(
          {{"server", fmt::format("{}:{}:{}", upstream.name, each.host, each.port)}, {"msg", each.why}});
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
  const std::vector<UpstreamReport> upstreams = status_report(view);
  OrderedJson config_timer = OrderedJson::object();
  for (size_t i = 0; i < view.workers_wanted; ++i) config_timer[fmt::format("worker-{}", i)] = "dead";
  for (const WorkerStatus& worker : view.workers)
    config_timer[fmt::format("worker-{}", worker.worker)] = "alive";
  OrderedJson status{
      {"slardar_version", kVersion},
      {"start_time", local_time(view.started)},
      {"conf_hash", view.conf_hash},
      {"shd_config_version", view.snapshot->number},
      {"checkup_timer_alive", true},  // the thread of the checks is the one that answers
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
      {"unresolved", unresolved_json(upstreams)},
      {"workers", workers_json(view)}};
  // Their names differ from each other and from those above: none is looked for.
  auto& members = status.get_ref<OrderedJson::object_t&>();
  for (const UpstreamReport& upstream : upstreams)
    members.emplace_back("cls:" + upstream.name, upstream_json(upstream));
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
