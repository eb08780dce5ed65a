#include <fmt/core.h>

#include <map>

#include "base/field_rules.h"
#include "model/route_name.h"
#include "model/spec_parts.h"

namespace hancock::model::spec {
namespace {

/// `none` is as good as not written.
template <class V, class Set, class T = typename TargetOf<Set>::type>
Key<T> unless_none(std::string_view key, Scalar<V> scalar, Set set) {
  return {key, [=](Report& report, const Place& place, T& target) {
            if (!place.written() || place.text() == "none") return;
            if (auto value = scalar.read(report, place)) std::invoke(set, target, std::move(*value));
          }};
}

const Schema<RouteSpec::Timeouts>& timeouts_schema() {
  using Timeouts = RouteSpec::Timeouts;
  static const Schema<Timeouts> schema({
      defaulted("connect", duration(1ms), "1s", into(&Timeouts::mutable_connect)),
      defaulted("response_head", duration(1ms), "60s", into(&Timeouts::mutable_response_head)),
      defaulted("idle", duration(1ms), "60s", into(&Timeouts::mutable_idle)),
      unless_none("total", duration(1ms), into(&Timeouts::mutable_total)),
  });
  return schema;
}

const Schema<RouteSpec::Retry>& retry_schema() {
  using Retry = RouteSpec::Retry;
  static const Schema<Retry> schema({
      defaulted("tries", whole_number(1, 100), "2", &Retry::set_tries),
      defaulted("unsafe", boolean(), "false", &Retry::set_unsafe),
  });
  return schema;
}

const Schema<RouteSpec::Limits>& limits_schema() {
  using Limits = RouteSpec::Limits;
  constexpr uint32_t kMax = 1'000'000;
  constexpr uint64_t kBodyMax = 1ULL << 40;
  static const Schema<Limits> schema({
      optional("in_flight", whole_number(1, kMax), &Limits::set_in_flight),
      optional("rate", whole_number(1, kMax), &Limits::set_rate),
      optional("burst", whole_number(1, kMax), &Limits::set_burst),
      optional("body", size(1, kBodyMax), &Limits::set_body),
  });
  return schema;
}

void read_limits(Report& report, const Place& place, RouteSpec& route) {
  if (!place.written()) return;
  limits_schema().read(report, place, *route.mutable_limits());
  if (place.at("burst").written() && !place.at("rate").written())
    report.wrong(place.at("burst"), "absent: it needs a rate");
}

void read_set(Report& report, const Place& place, RouteSpec::FieldEdits& edits) {
  if (!place.written()) return;
  if (!place.is(YamlNode::Kind::kMap) || place.size() > kFieldEditsMax)
    return report.wrong(place, fmt::format("a map of at most {} names and values", kFieldEditsMax));
  const Scalar<std::string> value = text(std::string(kFieldValueRule), is_field_value);
  size_t bytes = 0;
  for (const auto& [key, item] : report.entries(place)) {
    if (!may_edit_field(key)) {
      report.wrong_key(item, key, kFieldNameRule);
    } else if (auto read = value.read(report, item)) {
      bytes += key.size() + read->size();
      (*edits.mutable_set())[std::string(key)] = std::move(*read);
    }
  }
  if (bytes > kFieldEditBytesMax)
    report.wrong(place, fmt::format("at most {} bytes in all", kFieldEditBytesMax));
}

const Schema<RouteSpec::FieldEdits>& field_edits_schema() {
  using FieldEdits = RouteSpec::FieldEdits;
  static const Schema<FieldEdits> schema({
      Key<FieldEdits>{"set", read_set},
      list("remove", fmt::format("a list of at most {} names", kFieldEditsMax),
           text(std::string(kFieldNameRule), may_edit_field), append(&FieldEdits::mutable_remove),
           kFieldEditsMax),
  });
  return schema;
}

const Schema<RouteSpec::Headers>& headers_schema() {
  using Headers = RouteSpec::Headers;
  static const Schema<Headers> schema({
      nested_if_written("request", field_edits_schema(), &Headers::mutable_request),
      nested_if_written("response", field_edits_schema(), &Headers::mutable_response),
  });
  return schema;
}

/// One entrance, for comparison and for messages: "shop.test/api", "tcp 7001", "tcp 443 db.test".
struct Entrance {
  std::string name;
  Place place;
};

std::vector<Entrance> entrances_of(const Place& route) {
  std::vector<Entrance> result;
  if (const Place tcp = route.at("tcp"); !tcp.text().empty()) {
    const std::string port = fmt::format("tcp {}", tcp.text());
    const std::vector<Place> names = route.at("sni").items();
    if (names.empty()) result.push_back({port, tcp});
    for (const Place& name : names) result.push_back({fmt::format("{} {}", port, name.text()), name});
  }
  const Place paths = route.at("paths");
  for (const Place& host : route.at("hosts").items()) {
    if (!paths.written()) result.push_back({fmt::format("{}/", host.text()), host});
    for (const Place& path : paths.items()) {
      result.push_back({fmt::format("{}{}", host.text(), path.text()), host});
    }
  }
  return result;
}

using Entrances = std::map<std::string, Place>;

/// Who cannot stand beside `entrance`: the same one, or the whole of its port, or a name at it.
Entrances::const_iterator find_rival(const Entrances& seen, const std::string& entrance) {
  if (const auto same = seen.find(entrance); same != seen.end()) return same;
  if (!entrance.starts_with("tcp ")) return seen.end();
  const size_t port_end = entrance.find(' ', 4);
  if (port_end != std::string::npos) return seen.find(entrance.substr(0, port_end));
  const auto name = seen.lower_bound(entrance + " ");
  return name != seen.end() && name->first.starts_with(entrance + " ") ? name : seen.end();
}

/// Which kind of entrance a route is: HTTP by hosts, or TCP by port.
void check_kind(Report& report, const Place& place, RouteSpec& route) {
  const Place hosts = place.at("hosts");
  const Place tcp = place.at("tcp");
  const Place paths = place.at("paths");
  const bool empty = hosts.is(YamlNode::Kind::kList) && hosts.size() == 0;
  if (hosts.written() && tcp.written()) {
    report.wrong(place, "hosts or tcp, not both");
  } else if (!tcp.written() && (!hosts.written() || empty)) {
    report.wrong(empty ? hosts : place, empty ? "at least one host" : "hosts or tcp: one of them");
  }
  const Place sni = place.at("sni");
  if (sni.written() && !tcp.written()) report.wrong(sni, "absent: it needs tcp");
  if (route.has_proxy_protocol() && route.has_protocol())
    report.wrong(place.at("proxy_protocol"), "absent: peers of http2 and grpc are not told");
  if (sni.is(YamlNode::Kind::kList) && sni.size() == 0) report.wrong(sni, "at least one name");
  if (tcp.written()) {
    for (const std::string_view key : {"paths", "sticky", "redirect_https", "headers", "protocol", "tls"}) {
      if (place.at(key).written())
        report.wrong(place.at(key), fmt::format("absent: a TCP entrance has no {}", key));
    }
    if (route.timeouts().has_total())
      report.wrong(place.at("timeouts").at("total"), "absent: a TCP entrance has no total time");
    if (route.limits().has_body())
      report.wrong(place.at("limits").at("body"), "absent: a TCP entrance has no bodies");
  }
  if (paths.is(YamlNode::Kind::kList) && paths.size() == 0) report.wrong(paths, "at least one path");
  if (!tcp.written() && route.paths_size() == 0) route.add_paths("/");
}

}  // namespace

const Schema<RouteSpec>& route_schema() {
  static const Schema<RouteSpec> schema({
      list("hosts", "a list of hosts, like [shop.test]", text(std::string(kHostRule), is_route_host),
           append(&RouteSpec::mutable_hosts)),
      list("paths", "a list of paths, like [/api]", text(std::string(kPathRule), is_route_path),
           append(&RouteSpec::mutable_paths)),
      optional("tcp", whole_number(1, 65'535), &RouteSpec::set_tcp),
      list("sni", "a list of names, like [db.test]", text(std::string(kServerNameRule), is_server_name),
           append(&RouteSpec::mutable_sni)),
      optional("port", name(), into(&RouteSpec::mutable_port)),
      // The default stays unsaid: a spec from before is the same Version.
      optional("protocol", one_of<std::string>({{"http1", "http1"}, {"http2", "http2"}, {"grpc", "grpc"}}),
               [](RouteSpec& route, std::string protocol) {
                 if (protocol != "http1") route.set_protocol(std::move(protocol));
               }),
      unless_none("proxy_protocol", one_of<std::string>({{"v1", "v1"}, {"v2", "v2"}}),
                  into(&RouteSpec::mutable_proxy_protocol)),
      unless_none("tls", text(std::string(kCertificateRule), is_certificate_name),
                  into(&RouteSpec::mutable_tls)),
      // The default stays unsaid: a spec from before is the same Version.
      optional("redirect_https", boolean(),
               [](RouteSpec& route, bool wanted) {
                 if (wanted) route.set_redirect_https(true);
               }),
      defaulted("balance",
                one_of<std::string>({{"rr", "rr"},
                                     {"wrr", "wrr"},
                                     {"hash", "hash"},
                                     {"url_hash", "url_hash"},
                                     {"ip_hash", "ip_hash"},
                                     {"header_hash", "header_hash"},
                                     {"least_conn", "least_conn"},
                                     {"p2c", "p2c"},
                                     {"ewma", "ewma"}}),
                "rr", into(&RouteSpec::mutable_balance)),
      unless_none("slow_start", duration(1ms, 1h), into(&RouteSpec::mutable_slow_start)),
      unless_none("sticky", text(std::string(kStickyRule), is_sticky), into(&RouteSpec::mutable_sticky)),
      nested("timeouts", timeouts_schema(), &RouteSpec::mutable_timeouts),
      nested("retry", retry_schema(), &RouteSpec::mutable_retry),
      Key<RouteSpec>{"limits", read_limits},
      nested_if_written("headers", headers_schema(), &RouteSpec::mutable_headers),
  });
  return schema;
}

void settle_routes(Report& report, const Place& service, ServiceSpec& spec) {
  const std::vector<Place> routes = service.at("routes").items();
  // Too long a list was not read.
  if (routes.size() != static_cast<size_t>(spec.routes_size())) return;
  for (size_t i = 0; i < routes.size(); ++i) {
    RouteSpec& route = *spec.mutable_routes(static_cast<int>(i));
    if (!routes[i].is(YamlNode::Kind::kMap)) continue;
    check_kind(report, routes[i], route);
    settle_port_name(report, service, routes[i].at("port"), route.mutable_port());
  }
}

void check_entrances(Report& report, const Place& services) {
  Entrances seen;
  for (size_t i = 0; i < services.size(); ++i) {
    const Place routes = services.entry(i).at("routes");
    size_t count = 0;
    for (const Place& route : routes.items()) {
      count += route.at("hosts").size() * std::max<size_t>(1, route.at("paths").size());
      if (!route.at("tcp").text().empty()) count += std::max<size_t>(1, route.at("sni").size());
    }
    if (count > kEntrancesMax) {
      report.wrong(
          routes,
          fmt::format("at most {} entrances in all: hosts times paths, and TCP ports or names at them",
                      kEntrancesMax));
      continue;
    }
    for (const Place& route : routes.items()) {
      for (const Entrance& entrance : entrances_of(route)) {
        const auto rival = find_rival(seen, entrance.name);
        if (rival == seen.end()) {
          seen.emplace(entrance.name, route);
          continue;
        }
        const std::string_view too = rival->first == entrance.name ? " too" : "";
        report.wrong(entrance.place,
                     fmt::format("unique: {} (line {}) has {}{}", rival->second.path(), rival->second.line(),
                                 shorten_for_message(rival->first), too));
      }
    }
  }
}

}  // namespace hancock::model::spec
