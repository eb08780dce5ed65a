#include "slardar/confd/upstream_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace hancock::slardar {
namespace {

using registry::Endpoint;
using registry::EndpointState;
using registry::Entrance;

CheckOptions check_of(const registry::Health& health) {
  CheckOptions check;
  check.enable = health.enable;
  check.kind = health.typ;
  check.timeout = std::chrono::milliseconds(health.timeout_ms);
  check.interval = std::chrono::milliseconds(health.interval_ms);
  check.fall = health.sensibility;
  check.rise = health.rise;
  check.protect = health.protect;
  check.query = health.query;
  for (const auto& [status, is_good] : health.statuses) check.statuses[static_cast<int>(status)] = is_good;
  check.user = health.user;
  check.password = health.pass;
  check.name = health.name;
  return check;
}

void choose_balancer(Upstream& upstream, std::string_view name) {
  upstream.balance = *find_balancer(name);
  if (is_lua_name(kLuaBalancers, name)) upstream.balance_script = to_lower(name.substr(kLuaBalancers.size()));
}

std::optional<Server> server_of(const Endpoint& endpoint, const Entrance& entrance) {
  const auto port = entrance.port.empty() && endpoint.ports.size() == 1 ? endpoint.ports.begin()
                                                                        : endpoint.ports.find(entrance.port);
  if (port == endpoint.ports.end()) return std::nullopt;
  auto address = io::Address::of(endpoint.address, port->second);
  if (!address) return std::nullopt;
  return Server{*address, endpoint.task, endpoint.weight, nullptr, peer_protocol_of(entrance.protocol)};
}

bool is_lost(const RecordSet& records, const Endpoint& endpoint) {
  const auto node = records.nodes().find(records.keys().node(endpoint.node));
  return node != records.nodes().end() && endpoint.incarnation < node->second.record.incarnation;
}

}  // namespace

std::string UpstreamBuilder::key_of(const registry::Route& record, const Entrance& entrance,
                                    uint32_t version) {
  const bool http2 = peer_protocol_of(entrance.protocol) == PeerProtocol::kHttp2;
  return fmt::format("{}/{}/{}@{}:{}{}", record.tenant, record.app, record.service, version, entrance.port,
                     http2 ? "/http2" : "");
}

Upstream UpstreamBuilder::of_service(const RecordSet& records, const EndpointIndex::ByKey& endpoints,
                                     const std::set<std::string>& leaving, const registry::Route& record,
                                     const Entrance& entrance, uint32_t version) {
  Upstream upstream;
  upstream.key = key_of(record, entrance, version);
  const Entrance& first = record.entrances.front();
  const bool is_first =
      entrance.port == first.port && peer_protocol_of(entrance.protocol) == peer_protocol_of(first.protocol);
  upstream.name = is_first ? upstream.key.substr(0, upstream.key.rfind(':')) : upstream.key;
  upstream.labels = {record.tenant, record.app, record.service, std::to_string(version)};
  choose_balancer(upstream, entrance.balance);
  upstream.slow_start = std::chrono::milliseconds(entrance.slow_start_ms);
  upstream.rules = Rules::kService;
  upstream.is_compared =
      std::ranges::count_if(record.split, [](const auto& each) { return each.second > 0; }) > 1;
  upstream.check = check_of(record.health);
  Upstream::Level own;
  Upstream::Level others;
  for (const auto& [endpoint_key, endpoint] : endpoints) {
    if (endpoint->version != version || is_lost(records, *endpoint)) continue;
    auto server = server_of(*endpoint, entrance);
    if (!server) continue;
    if (endpoint->state == EndpointState::kDraining || leaving.contains(endpoint->task)) {
      upstream.draining.push_back(std::move(*server));
    } else {
      const bool is_own = !site_.empty() && endpoint->site == site_;
      (is_own ? own : others).servers.push_back(std::move(*server));
    }
  }
  if (!own.servers.empty() && !others.servers.empty()) upstream.spill = Spill::kShare;
  for (Upstream::Level* level : {&own, &others})
    if (!level->servers.empty()) upstream.levels.push_back(std::move(*level));
  upstream.health = health_.of(upstream.key, upstream.levels);
  return upstream;
}

Upstream UpstreamBuilder::of_record(const std::string& key, std::string name, const UpstreamRecord& record) {
  Upstream upstream;
  upstream.name = std::move(name);
  upstream.key = key;
  upstream.labels.service = upstream.name;
  choose_balancer(upstream, record.mode);
  upstream.named = record.named;
  upstream.check = record.check;
  const PeerTlsPtr tls = peer_tls(record, upstream.name);
  for (const UpstreamRecord::Level& level : record.levels) {
    Upstream::Level& made = upstream.levels.emplace_back();
    made.name = level.name;
    for (const UpstreamRecord::Server& server : level.servers) {
      for (const io::Address& address : addresses_of(server, upstream)) {
        Server each{
            address, {}, server.weight, tls, record.protocol, {server.max_fails, server.fail_timeout}};
        const auto is_same = [&](const Server& other) { return other.address == each.address; };
        const bool is_there = std::any_of(made.servers.begin(), made.servers.end(), is_same);
        if (!is_there) made.servers.push_back(std::move(each));  // two names may stand for one server
      }
    }
  }
  upstream.health = health_.of(key, upstream.levels);
  return upstream;
}

std::vector<io::Address> UpstreamBuilder::addresses_of(const UpstreamRecord::Server& server,
                                                       Upstream& upstream) const {
  if (!server.is_name) return {*io::Address::of(server.host, server.port)};
  const auto known = hosts_ ? hosts_->find(server.host) : HostNames::const_iterator();
  const bool is_known = hosts_ && known != hosts_->end();
  if (!is_known || !known->second.problem.empty()) {
    upstream.unresolved.push_back({server.host, server.port,
                                   is_known ? known->second.problem : server.host + ": being looked up",
                                   !is_known});
  }
  std::vector<io::Address> addresses;
  if (!is_known) return addresses;
  for (const std::string& ip : known->second.ips) addresses.push_back(*io::Address::of(ip, server.port));
  return addresses;
}

// The same object as long as the same is asked for: its connections are of use to all who do.
PeerTlsPtr UpstreamBuilder::peer_tls(const UpstreamRecord& record, const std::string& upstream) {
  if (!record.tls) return nullptr;
  std::erase_if(peer_tls_, [](const auto& known) { return known.second.expired(); });
  const std::string& name = record.tls->server_name.empty() ? upstream : record.tls->server_name;
  std::weak_ptr<const PeerTls>& known = peer_tls_[{*record.tls, name, record.protocol}];
  if (PeerTlsPtr same = known.lock()) return same;
  io::TlsClientOptions options;
  options.verify = record.tls->verify;
  options.ca = record.tls->ca;
  if (record.protocol == PeerProtocol::kHttp2) options.protocols = {"h2"};
  auto made = std::make_shared<const PeerTls>(std::move(options), name);
  known = made;
  return made;
}

}  // namespace hancock::slardar
