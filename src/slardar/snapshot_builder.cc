#include "slardar/snapshot_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hancock::slardar {
namespace {

using registry::Endpoint;
using registry::EndpointState;
using registry::Entrance;

/// Builds one Snapshot and is thrown away.
class Builder {
 public:
  Builder(const RecordSet& records, Snapshot& snapshot) : records_(records), snapshot_(snapshot) {}

  void build() {
    snapshot_.refused = records_.refused();
    read_barriers();
    group_endpoints();
    std::vector<const KeyedRoute*> by_age;
    for (const KeyedRoute& each : records_.routes()) by_age.push_back(&each);
    std::stable_sort(by_age.begin(), by_age.end(), [](const KeyedRoute* a, const KeyedRoute* b) {
      return a->second.record.generation < b->second.record.generation;
    });
    for (const KeyedRoute* each : by_age) add_route(each->first, each->second.record);
    for (const auto& [key, kept] : records_.upstreams()) add_named(key, kept.record);
    std::sort(snapshot_.tcp.begin(), snapshot_.tcp.end(),
              [](const TcpEntrance& a, const TcpEntrance& b) { return a.port < b.port; });
  }

 private:
  using KeyedRoute = RecordSet::Table<registry::Route>::value_type;

  static std::string service_name(const auto& record) {
    return fmt::format("{}/{}/{}", record.tenant, record.app, record.service);
  }

  void read_barriers() {
    snapshot_.barrier_open = !records_.barriers().empty();
    for (const auto& [key, kept] : records_.barriers())
      snapshot_.leaving.insert(kept.record.tasks.begin(), kept.record.tasks.end());
  }

  void group_endpoints() {
    for (const auto& [key, kept] : records_.endpoints()) {
      const Endpoint& endpoint = kept.record;
      const auto node = records_.nodes().find(records_.keys().node(endpoint.node));
      if (node != records_.nodes().end() && endpoint.incarnation < node->second.record.incarnation) continue;
      endpoints_[{service_name(endpoint), endpoint.version}].push_back(&endpoint);
    }
  }

  void refuse(const std::string& key, std::string_view why) {
    std::string& reason = snapshot_.refused[key];
    if (!reason.empty()) reason += "; ";
    reason = shortened(std::move(reason.append(why)));
  }

  void add_route(const std::string& key, const registry::Route& record) {
    for (const Entrance& entrance : record.entrances) {
      const RouteIndex index = snapshot_.routes.size();
      const bool claimed =
          entrance.tcp != 0 ? claim_port(key, entrance, index) : claim_hosts(key, entrance, index);
      if (claimed) snapshot_.routes.push_back(make_route(key, record, entrance));
    }
  }

  bool claim_port(const std::string& key, const Entrance& entrance, RouteIndex index) {
    const auto holder = std::find_if(snapshot_.tcp.begin(), snapshot_.tcp.end(),
                                     [&](const TcpEntrance& each) { return each.port == entrance.tcp; });
    if (holder != snapshot_.tcp.end()) {
      refuse(key, fmt::format("tcp port {} belongs to {}", entrance.tcp, source_of(holder->route, key)));
      return false;
    }
    snapshot_.tcp.push_back({entrance.tcp, index});
    return true;
  }

  bool claim_hosts(const std::string& key, const Entrance& entrance, RouteIndex index) {
    bool any = false;
    for (const std::string& host : entrance.hosts) {
      if (!is_host_pattern(host)) {
        refuse(key, fmt::format("hosts: {}: a name, *.name or * is allowed", host));
        continue;
      }
      for (const std::string& path : entrance.paths) {
        if (const auto holder = snapshot_.http.claim(host, path, index)) {
          if (*holder != index)
            refuse(key, fmt::format("{}{} belongs to {}", host, path, source_of(*holder, key)));
          continue;
        }
        any = true;
        if (path == "/") whole_hosts_[lower(host)] = key;
      }
    }
    return any;
  }

  /// The route may be the one that is being added and is not in the list yet.
  std::string source_of(RouteIndex route, const std::string& own) const {
    return route < snapshot_.routes.size() ? snapshot_.routes[route].source : own;
  }

  Route make_route(const std::string& key, const registry::Route& record, const Entrance& entrance) {
    Route route;
    route.source = key;
    route.tenant = record.tenant;
    route.app = record.app;
    route.service = record.service;
    route.connect = std::chrono::milliseconds(entrance.timeouts.connect_ms);
    route.response_head = std::chrono::milliseconds(entrance.timeouts.response_head_ms);
    route.idle = std::chrono::milliseconds(entrance.timeouts.idle_ms);
    // Streams rest longer than answers do, unless the spec says how long.
    if (entrance.timeouts.idle_ms != registry::Entrance::Timeouts().idle_ms) route.tcp_idle = route.idle;
    route.tries = entrance.retry.tries;
    route.retry_unsafe = entrance.retry.unsafe;
    const bool first_port = entrance.port == record.entrances.front().port;
    for (const auto& [version, weight] : record.split) {
      if (weight == 0) continue;
      route.shares.push_back({version, weight, upstream_of(record, entrance, version, first_port)});
    }
    return route;
  }

  UpstreamIndex upstream_of(const registry::Route& record, const Entrance& entrance, uint32_t version,
                            bool first_port) {
    std::string name = fmt::format("{}@{}", service_name(record), version);
    std::string key = name + ":" + entrance.port;
    if (!first_port) name = key;
    const auto known = snapshot_.upstream_by_name.find(name);
    if (known != snapshot_.upstream_by_name.end()) return known->second;

    Upstream upstream;
    upstream.name = std::move(name);
    upstream.key = std::move(key);
    upstream.labels = {record.tenant, record.app, record.service, std::to_string(version)};
    upstream.balance = *find_balancer(entrance.balance);
    for (const Endpoint* endpoint : endpoints_[{service_name(record), version}])
      add_server(upstream, *endpoint, entrance.port);
    return add_upstream(std::move(upstream));
  }

  void add_server(Upstream& upstream, const Endpoint& endpoint, const std::string& port_name) {
    const auto port = port_name.empty() && endpoint.ports.size() == 1 ? endpoint.ports.begin()
                                                                      : endpoint.ports.find(port_name);
    if (port == endpoint.ports.end()) return;
    auto address = io::Address::of(endpoint.address, port->second);
    if (!address) return;
    const bool leaving =
        endpoint.state == EndpointState::kDraining || snapshot_.leaving.contains(endpoint.task);
    auto& list = leaving ? upstream.draining : upstream.servers;
    list.push_back({*address, endpoint.task, endpoint.weight});
  }

  UpstreamIndex add_upstream(Upstream upstream) {
    const UpstreamIndex index = snapshot_.upstreams.size();
    snapshot_.upstream_by_name[upstream.name] = index;
    snapshot_.upstreams.push_back(std::move(upstream));
    return index;
  }

  void add_named(const std::string& key, const UpstreamRecord& record) {
    Upstream upstream;
    upstream.name = records_.upstream_name(key);
    upstream.key = key;
    upstream.labels.service = upstream.name;
    upstream.balance = *find_balancer("rr");
    for (const auto& server : record.servers) upstream.servers.push_back({server.address, {}, server.weight});
    Route route;
    route.source = key;
    route.tries = static_cast<uint32_t>(record.servers.size());
    const std::string name = upstream.name;
    const std::string host = lower(name);
    route.shares.push_back({0, 1, add_upstream(std::move(upstream))});
    const RouteIndex index = snapshot_.routes.size();
    snapshot_.routes.push_back(std::move(route));
    snapshot_.route_by_upstream[name] = index;
    const auto [holder, free] = whole_hosts_.try_emplace(host, key);
    if (free) {
      snapshot_.http.claim_name(name, index);
    } else {
      refuse(key, fmt::format("{}/ belongs to {}", host, holder->second));
    }
  }

  static std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lowered;
  }

  const RecordSet& records_;
  Snapshot& snapshot_;
  std::map<std::pair<std::string, uint32_t>, std::vector<const Endpoint*>> endpoints_;
  std::map<std::string, std::string> whole_hosts_;  // host whose "/" is claimed -> by which key
};

}  // namespace

Snapshot build_snapshot(const RecordSet& records, store::Revision revision, uint64_t number) {
  Snapshot snapshot;
  snapshot.number = number;
  snapshot.position = {records.epoch(), revision};
  Builder(records, snapshot).build();
  return snapshot;
}

}  // namespace hancock::slardar
