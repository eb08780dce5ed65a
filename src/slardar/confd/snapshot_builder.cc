#include "slardar/confd/snapshot_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace hancock::slardar {
namespace {

using registry::Entrance;

/// Puts `value` where `id` stood before, or else at a new place.
template <class T, class Id>
size_t keep_place(Slots<T>& slots, std::map<Id, size_t>& before, const Id& id, T value) {
  const auto known = before.find(id);
  if (known == before.end()) return slots.add(std::move(value));
  const size_t place = known->second;
  before.erase(known);
  slots.set(place, std::move(value));
  return place;
}

std::vector<EntrancePlace> places_of(const Entrance& entrance) {
  std::vector<EntrancePlace> places;
  for (const std::string& name : entrance.sni) places.push_back({name, "", entrance.tcp});
  if (entrance.tcp != 0 && places.empty()) places.push_back({"", "", entrance.tcp});
  if (entrance.tcp != 0) return places;
  for (const std::string& host : entrance.hosts) {
    if (!is_host_pattern(host)) continue;
    for (const std::string& path : entrance.paths) places.push_back({to_lower(host), path});
  }
  return places;
}

void append_reason(std::string& reasons, std::string_view reason) {
  if (!reasons.empty()) reasons += "; ";
  reasons = shortened(std::move(reasons.append(reason)));
}

HeaderEdits edits_of(const Entrance::FieldEdits& edits) {
  return {{edits.set.begin(), edits.set.end()}, edits.remove};
}

Route route_of(const std::string& key, const registry::Route& record, const Entrance& entrance) {
  Route route;
  route.source = key;
  route.tenant = record.tenant;
  route.app = record.app;
  route.service = record.service;
  route.connect = std::chrono::milliseconds(entrance.timeouts.connect_ms);
  route.response_head = std::chrono::milliseconds(entrance.timeouts.response_head_ms);
  route.idle = std::chrono::milliseconds(entrance.timeouts.idle_ms);
  // Streams rest longer than answers do, unless the spec says how long.
  if (entrance.timeouts.idle_ms != Entrance::Timeouts().idle_ms) route.tcp_idle = route.idle;
  route.total = std::chrono::milliseconds(entrance.timeouts.total_ms);
  route.tls = entrance.tls;
  route.tries = entrance.retry.tries;
  route.retry_unsafe = entrance.retry.unsafe;
  route.sticky = parse_sticky(entrance.sticky);
  if (entrance.proxy_protocol == "v1") route.proxy_protocol = ProxyProtocol::kV1;
  if (entrance.proxy_protocol == "v2") route.proxy_protocol = ProxyProtocol::kV2;
  route.redirect_https = entrance.redirect_https;
  route.limits = {entrance.limits.in_flight, entrance.limits.rate, entrance.limits.burst};
  route.body_max = entrance.limits.body;
  route.request_edits = edits_of(entrance.request_headers);
  route.response_edits = edits_of(entrance.response_headers);
  return route;
}

template <class Visit>
void each_host_name(const RecordSet& records, Visit visit) {
  for (const auto& [key, kept] : records.upstreams())
    for (const UpstreamRecord::Level& level : kept.record.levels)
      for (const UpstreamRecord::Server& server : level.servers)
        if (server.is_name) visit(key, server.host);
}

}  // namespace

std::set<std::string> host_names(const RecordSet& records) {
  std::set<std::string> names;
  each_host_name(records, [&](const std::string&, const std::string& host) { names.insert(host); });
  return names;
}

Snapshot SnapshotBuilder::build(const RecordSet& records, const std::set<std::string>& changed,
                                store::Revision revision, uint64_t number) {
  for (const std::string& key : concerned_by(records, changed)) rebuild(records, key);
  tables_old_ |= claims_.take_moved();
  if (std::exchange(tables_old_, false)) draw_tables(records);
  if (std::exchange(certificates_old_, false)) draw_certificates(records);
  if (std::exchange(lua_old_, false)) draw_lua(records);

  Snapshot snapshot;
  snapshot.number = number;
  snapshot.position = {records.epoch(), revision};
  snapshot.upstreams = upstreams_.all();
  snapshot.routes = routes_.all();
  snapshot.http = http_;
  snapshot.tcp = tcp_;
  snapshot.route_by_upstream = route_by_upstream_;
  snapshot.certificates = certificates_;
  snapshot.lua = lua_;
  snapshot.leaving = leaving_;
  snapshot.barrier_open = !records.barriers().empty();
  snapshot.refused = records.refused();
  for (const auto& [key, lost] : lost_) append_reason(snapshot.refused[key], lost);
  for (const auto& [key, why] : shadowed_) append_reason(snapshot.refused[key], why);
  return snapshot;
}

SnapshotBuilder::Keys SnapshotBuilder::concerned_by(const RecordSet& records,
                                                    const std::set<std::string>& changed) {
  Keys concerned;
  const registry::Keys& keys = records.keys();
  bool barriers = false;
  for (const std::string& key : changed) {
    const std::string_view view = key;
    if (view.starts_with(keys.endpoints())) {
      endpoints_.update(records, key, concerned);
    } else if (view.starts_with(keys.nodes())) {
      endpoints_.add_of_node(records, key, concerned);
    } else if (view.starts_with(keys.barriers())) {
      barriers = true;
    } else if (view.starts_with(keys.tls())) {
      certificates_old_ = true;
    } else if (view.starts_with(lua_prefix(keys))) {
      lua_old_ = true;
    } else if (view.starts_with(keys.routes()) || view.starts_with(keys.upstreams())) {
      claim(records, key);
      concerned.insert(key);
    }
  }
  if (barriers) read_barriers(records, concerned);
  if (!moved_hosts_.empty()) {
    each_host_name(records, [&](const std::string& key, const std::string& host) {
      if (moved_hosts_.contains(host)) concerned.insert(key);
    });
    moved_hosts_.clear();
  }
  concerned.merge(claims_.take_concerned());
  return concerned;
}

void SnapshotBuilder::read_barriers(const RecordSet& records, Keys& concerned) {
  std::set<std::string> leaving;
  for (const auto& [key, kept] : records.barriers())
    leaving.insert(kept.record.tasks.begin(), kept.record.tasks.end());
  std::vector<std::string> others;
  std::set_symmetric_difference(leaving_.begin(), leaving_.end(), leaving.begin(), leaving.end(),
                                std::back_inserter(others));
  for (const std::string& task : others) endpoints_.add_of_task(task, concerned);
  leaving_ = std::move(leaving);
}

void SnapshotBuilder::claim(const RecordSet& records, const std::string& key) {
  Claims::Wanted wanted;
  if (const auto route = records.routes().find(key); route != records.routes().end()) {
    const registry::Route& record = route->second.record;
    for (size_t i = 0; i < record.entrances.size(); ++i) {
      for (EntrancePlace& place : places_of(record.entrances[i]))
        wanted.emplace_back(std::move(place), Claim{Claim::Kind::kRoute, record.generation, key, i});
    }
  } else if (records.upstreams().contains(key)) {
    wanted.emplace_back(EntrancePlace{to_lower(records.upstream_name(key)), "/"},
                        Claim{Claim::Kind::kUpstream, 0, key, 0});
  }
  claims_.put(key, std::move(wanted));
}

void SnapshotBuilder::rebuild(const RecordSet& records, const std::string& key) {
  lost_.erase(key);
  Part before;
  if (const auto known = parts_.find(key); known != parts_.end()) {
    before = std::move(known->second);
    parts_.erase(known);
  }
  const size_t routes_before = before.routes.size();
  Part part;
  if (const auto route = records.routes().find(key); route != records.routes().end()) {
    add_route(records, key, route->second.record, before, part);
  } else if (const auto named = records.upstreams().find(key); named != records.upstreams().end()) {
    add_named(records, key, named->second.record, before, part);
  }
  tables_old_ |= !before.routes.empty() || part.routes.size() != routes_before;
  for (const auto& [entrance, place] : before.routes) routes_.free(place);
  for (const auto& [upstream, place] : before.upstreams) {
    upstreams_.free(place);
    upstream_builder_.forget(upstream);
  }
  if (!part.routes.empty()) parts_.emplace(key, std::move(part));
}

void SnapshotBuilder::add_route(const RecordSet& records, const std::string& key,
                                const registry::Route& record, Part& before, Part& part) {
  std::string lost;
  for (size_t i = 0; i < record.entrances.size(); ++i) {
    const Entrance& entrance = record.entrances[i];
    if (!holds_any(key, i, entrance, lost)) continue;
    Route route = route_of(key, record, entrance);
    if (route.limits.any()) route.limit_state = limit_state(before, i);
    for (const auto& [version, weight] : record.split) {
      if (weight == 0) continue;
      const std::string name = UpstreamBuilder::key_of(record, entrance, version);
      auto [place, fresh] = part.upstreams.try_emplace(name);
      if (fresh) {
        place->second = keep_place(
            upstreams_, before.upstreams, name,
            upstream_builder_.of_service(records, endpoints_.of(key), leaving_, record, entrance, version));
      }
      route.shares.push_back({version, weight, place->second});
    }
    part.routes[i] = keep_place(routes_, before.routes, i, std::move(route));
  }
  if (!lost.empty()) lost_[key] = std::move(lost);
}

std::shared_ptr<LimitState> SnapshotBuilder::limit_state(const Part& before, size_t entrance) const {
  const auto known = before.routes.find(entrance);
  if (known != before.routes.end()) {
    if (const auto& state = routes_.all()[known->second]->limit_state) return state;
  }
  return std::make_shared<LimitState>();
}

bool SnapshotBuilder::holds_any(const std::string& key, size_t entrance, const Entrance& wanted,
                                std::string& lost) const {
  for (const std::string& host : wanted.hosts) {
    if (wanted.tcp == 0 && !is_host_pattern(host))
      append_reason(lost, fmt::format("hosts: {}: a name, *.name or * is allowed", host));
  }
  bool any = false;
  for (const EntrancePlace& place : places_of(wanted)) {
    const Claim& holder = *claims_.holder(place);
    if (holder.is_of(key, entrance)) {
      any = true;
    } else {
      append_reason(lost, fmt::format("{} belongs to {}", place.to_string(), holder.key));
    }
  }
  return any;
}

void SnapshotBuilder::add_named(const RecordSet& records, const std::string& key,
                                const UpstreamRecord& record, Part& before, Part& part) {
  Upstream upstream = upstream_builder_.of_record(key, std::string(records.upstream_name(key)), record);
  const EntrancePlace place{to_lower(upstream.name), "/"};
  Route route;
  route.source = key;
  route.tries = record.tries.value_or(static_cast<uint32_t>(std::max(record.servers(), upstream.servers())));
  route.try_timeout = record.try_timeout;
  part.upstreams[key] = keep_place(upstreams_, before.upstreams, key, std::move(upstream));
  route.shares.push_back({0, 1, part.upstreams[key]});
  part.routes[0] = keep_place(routes_, before.routes, size_t{0}, std::move(route));
  const Claim& holder = *claims_.holder(place);
  if (holder.key != key)
    lost_[key] = shortened(fmt::format("{} belongs to {}", place.to_string(), holder.key));
}

// A port that somebody has as a whole is not read for names: a protocol in which the server speaks first
// would stall. Whole ports are visited before names.
void SnapshotBuilder::add_tcp(const EntrancePlace& place, const Claim& holder, RouteIndex route) {
  const Claim* const whole = claims_.holder({"", "", place.port});
  if (place.host.empty() || !whole) {
    tcp_.push_back({place.port, place.host, route});
  } else {
    append_reason(shadowed_[holder.key], fmt::format("tcp port {} belongs to {}", place.port, whole->key));
  }
}

void SnapshotBuilder::draw_tables(const RecordSet& records) {
  auto http = std::make_shared<RouteTable>();
  tcp_.clear();
  shadowed_.clear();
  claims_.each_held([&](const EntrancePlace& place, const Claim& holder) {
    const RouteIndex route = parts_.at(holder.key).routes.at(holder.entrance);
    if (holder.kind == Claim::Kind::kUpstream) {
      http->claim_name(place.host, route);
    } else if (place.port != 0) {
      add_tcp(place, holder, route);
    } else {
      http->claim(place.host, place.path, route);
    }
  });
  auto named = std::make_shared<RoutesByName>();
  for (const auto& [key, kept] : records.upstreams())
    named->emplace(records.upstream_name(key), parts_.at(key).routes.at(0));
  std::sort(tcp_.begin(), tcp_.end(), [](const TcpEntrance& a, const TcpEntrance& b) {
    return std::tie(a.port, a.sni) < std::tie(b.port, b.sni);
  });
  http_ = std::move(http);
  route_by_upstream_ = std::move(named);
}

void SnapshotBuilder::set_files(std::vector<CertificateTable::Entry> files) {
  files_ = std::move(files);
  certificates_old_ = true;
}

void SnapshotBuilder::draw_certificates(const RecordSet& records) {
  std::vector<CertificateTable::Entry> named;
  for (const auto& [key, kept] : records.tls())
    named.push_back({key, key.substr(records.keys().tls().size()), kept.record.certificate});
  certificates_ = std::make_shared<const CertificateTable>(files_, std::move(named));
}

void SnapshotBuilder::draw_lua(const RecordSet& records) {
  std::vector<LuaTextPtr> texts;
  for (const auto& [key, kept] : records.lua()) texts.push_back(kept.record.text);
  lua_ = std::make_shared<const LuaCode>(texts, *lua_, now_);
}

Snapshot build_snapshot(const RecordSet& records, store::Revision revision, uint64_t number) {
  return SnapshotBuilder().build(records, records.keys_of_all(), revision, number);
}

}  // namespace hancock::slardar
