// JSON -> record. What is allowed where is docs/registry.md.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/field_rules.h"
#include "base/number.h"
#include "registry/json_reader.h"
#include "registry/records.h"

namespace hancock::registry {
namespace {

constexpr Limits kPort{1, 65'535};
constexpr Limits kUint32{0, std::numeric_limits<uint32_t>::max()};
constexpr Limits kPositiveUint32{1, std::numeric_limits<uint32_t>::max()};
constexpr size_t kHostMax = 253;

bool is_host(std::string_view host) {
  if (host == "*") return true;
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.empty() || host.size() > kHostMax || host.front() == '.' || host.back() == '.') return false;
  if (host.find("..") != std::string_view::npos) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool is_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  return std::all_of(path.begin(), path.end(),
                     [](char c) { return c > ' ' && c != 0x7f && c != '?' && c != '#'; });
}

bool is_ip(const std::string& text) {
  in6_addr parsed{};
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 || inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

Position read_position(Reader& reader) {
  Position position;
  position.epoch = reader.number<int64_t>("epoch", {});
  position.revision = store::Revision(reader.number<int64_t>("revision", {}, 0));
  return position;
}

void read_http(Reader& reader, Entrance& entrance) {
  reader.each("hosts", [&](Value value) {
    const std::string host = value.text();
    if (!is_host(host))
      value.refuse(fmt::format("\"{}\"", host), "a lower-case host name, \"*.name\" or \"*\"");
    entrance.hosts.push_back(host);
  });
  if (entrance.hosts.empty()) reader.refuse("hosts", "empty", "at least one host is needed");
  if (!reader.has("paths")) return;
  entrance.paths.clear();
  reader.each("paths", [&](Value value) {
    const std::string path = value.text();
    if (!is_path(path))
      value.refuse(fmt::format("\"{}\"", path), "a path from \"/\" on, without '?', '#' or blanks");
    entrance.paths.push_back(path);
  });
  if (entrance.paths.empty()) reader.refuse("paths", "empty", "at least one path is needed");
}

Entrance::FieldEdits read_edits(Reader& reader, std::string_view direction) {
  Entrance::FieldEdits edits;
  reader.optional_object(direction, [&](Reader& object) {
    size_t bytes = 0;
    if (object.has("set")) {
      object.each_member("set", [&](const std::string& name, Value value) {
        const std::string text = value.text();
        if (!may_edit_field(name)) value.refuse(fmt::format("\"{}\"", name), kFieldNameRule);
        if (!is_field_value(text)) value.refuse("a wrong value", kFieldValueRule);
        bytes += name.size() + text.size();
        edits.set[name] = text;
      });
    }
    if (object.has("remove")) {
      object.each("remove", [&](Value value) {
        const std::string name = value.text();
        if (!may_edit_field(name)) value.refuse(fmt::format("\"{}\"", name), kFieldNameRule);
        edits.remove.push_back(name);
      });
    }
    if (edits.set.size() > kFieldEditsMax || edits.remove.size() > kFieldEditsMax ||
        bytes > kFieldEditBytesMax)
      reader.refuse(direction, "too many fields",
                    fmt::format("at most {} each, and {} bytes set", kFieldEditsMax, kFieldEditBytesMax));
  });
  return edits;
}

void read_limits(Reader& limits, Entrance::Limits& target) {
  target.in_flight = limits.number<uint32_t>("in_flight", kUint32, target.in_flight);
  target.rate = limits.number<uint32_t>("rate", kUint32, target.rate);
  target.burst = limits.number<uint32_t>("burst", kUint32, target.burst);
  target.body = limits.number<uint64_t>("body", {}, target.body);
}

void read_names(Reader& reader, std::vector<std::string>& names) {
  reader.each("sni", [&](Value value) {
    const std::string name = value.text();
    if (!is_host(name) || name == "*")
      value.refuse(fmt::format("\"{}\"", name), "a lower-case host name or \"*.name\"");
    names.push_back(name);
  });
}

Entrance read_entrance(Reader& reader) {
  Entrance entrance;
  if (reader.has("tcp")) {
    entrance.tcp = reader.number<uint16_t>("tcp", kPort);
    if (reader.has("hosts")) reader.refuse("hosts", "given beside tcp", "one of hosts and tcp is allowed");
    if (reader.has("sni")) read_names(reader, entrance.sni);
  } else {
    read_http(reader, entrance);
  }
  entrance.port = reader.name("port");
  entrance.balance = reader.text("balance", entrance.balance);
  if (!is_id(entrance.balance))
    reader.refuse("balance", fmt::format("\"{}\"", entrance.balance), "a balancer's name");
  reader.optional_object("timeouts", [&](Reader& timeouts) {
    entrance.timeouts.connect_ms = timeouts.duration_ms("connect", entrance.timeouts.connect_ms);
    entrance.timeouts.response_head_ms =
        timeouts.duration_ms("response_head", entrance.timeouts.response_head_ms);
    entrance.timeouts.idle_ms = timeouts.duration_ms("idle", entrance.timeouts.idle_ms);
    entrance.timeouts.total_ms = timeouts.duration_ms("total", entrance.timeouts.total_ms);
  });
  reader.optional_object("retry", [&](Reader& retry) {
    entrance.retry.tries = retry.number<uint32_t>("tries", kPositiveUint32, entrance.retry.tries);
    entrance.retry.unsafe = retry.boolean("unsafe", entrance.retry.unsafe);
  });
  entrance.sticky = reader.text("sticky", "");
  if (!entrance.sticky.empty() && !is_sticky(entrance.sticky))
    reader.refuse("sticky", fmt::format("\"{}\"", entrance.sticky), kStickyRule);
  entrance.redirect_https = reader.boolean("redirect_https", false);
  reader.optional_object("limits", [&](Reader& limits) { read_limits(limits, entrance.limits); });
  reader.optional_object("headers", [&](Reader& headers) {
    entrance.request_headers = read_edits(headers, "request");
    entrance.response_headers = read_edits(headers, "response");
  });
  entrance.protocol = reader.text("protocol", "");
  if (entrance.protocol == "http1") entrance.protocol.clear();
  if (!entrance.protocol.empty() && entrance.protocol != "http2" && entrance.protocol != "grpc")
    reader.refuse("protocol", fmt::format("\"{}\"", entrance.protocol), "http1, http2 or grpc is allowed");
  if (!entrance.protocol.empty() && entrance.tcp != 0)
    reader.refuse("protocol", "given with tcp", "a TCP entrance has none");
  entrance.proxy_protocol = reader.text("proxy_protocol", "");
  if (!entrance.proxy_protocol.empty() && entrance.proxy_protocol != "v1" && entrance.proxy_protocol != "v2")
    reader.refuse("proxy_protocol", fmt::format("\"{}\"", entrance.proxy_protocol), "v1 or v2 is allowed");
  if (!entrance.proxy_protocol.empty() && !entrance.protocol.empty())
    reader.refuse("proxy_protocol", "given with protocol", "peers of http2 and grpc are not told");
  entrance.tls = reader.text("tls", "");
  entrance.slow_start_ms = reader.duration_ms("slow_start", 0);
  return entrance;
}

Health read_health(Reader& reader) {
  Health health;
  health.enable = reader.boolean("enable", health.enable);
  health.typ = reader.text("typ", health.typ);
  if (!is_id(health.typ)) reader.refuse("typ", fmt::format("\"{}\"", health.typ), "a check's name");
  health.timeout_ms = reader.duration_ms("timeout", health.timeout_ms);
  health.interval_ms = reader.duration_ms("interval", health.interval_ms);
  health.sensibility = reader.number<uint32_t>("sensibility", kPositiveUint32, health.sensibility);
  health.rise = reader.number<uint32_t>("rise", kPositiveUint32, health.rise);
  health.protect = reader.boolean("protected", health.protect);
  reader.optional_object("http_opts", [&](Reader& http) {
    health.query = http.text("query", "");
    if (!http.has("statuses")) return;
    http.each_member("statuses", [&](const std::string& key, Value value) {
      const auto status = parse_number<uint32_t>(key);
      if (!status || *status < 100 || *status > 599)
        value.refuse(fmt::format("\"{}\"", key), "a status from 100 to 599 is needed as the name");
      const bool is_good = value.boolean();
      if (status) health.statuses[*status] = is_good;
    });
  });
  health.name = reader.text("name", "");
  health.user = reader.text("user", "");
  health.pass = reader.text("pass", "");
  return health;
}

void read(Reader& reader, Route& route) {
  route.tenant = reader.name("tenant");
  route.app = reader.name("app");
  route.service = reader.name("service");
  route.generation = reader.number<int64_t>("generation", {});
  reader.each_member("split", [&](const std::string& key, Value value) {
    const auto version = parse_version(key);
    if (!version) value.refuse(fmt::format("\"{}\"", key), "a Version's number from 1 is needed as the name");
    const auto weight = static_cast<uint32_t>(value.number(kUint32));
    if (version) route.split[*version] = weight;
  });
  reader.each("routes", [&](Value value) {
    value.object([&](Reader& entrance) { route.entrances.push_back(read_entrance(entrance)); });
  });
  reader.optional_object("health", [&](Reader& health) { route.health = read_health(health); });
}

void read(Reader& reader, NodeRecord& node) {
  node.node = reader.name("node");
  node.site = reader.name("site");
  node.incarnation = reader.number<int64_t>("incarnation", {});
}

void read(Reader& reader, Endpoint& endpoint) {
  endpoint.task = reader.id("task");
  endpoint.node = reader.name("node");
  endpoint.site = reader.name("site");
  endpoint.tenant = reader.name("tenant");
  endpoint.app = reader.name("app");
  endpoint.service = reader.name("service");
  endpoint.version = reader.number<uint32_t>("version", kPositiveUint32);
  endpoint.address = reader.text("address");
  if (!is_ip(endpoint.address))
    reader.refuse("address", fmt::format("\"{}\"", endpoint.address), "an IP address is needed");
  reader.each_member("ports", [&](const std::string& key, Value value) {
    if (!is_name(key)) value.refuse(fmt::format("\"{}\"", key), "a port's name is needed as the name");
    endpoint.ports[key] = static_cast<uint16_t>(value.number(kPort));
  });
  endpoint.weight = reader.number<uint32_t>("weight", kUint32, 1);
  const std::string state = reader.text("state");
  if (state != "ready" && state != "draining")
    reader.refuse("state", fmt::format("\"{}\"", state), "ready or draining is allowed");
  endpoint.state = state == "draining" ? EndpointState::kDraining : EndpointState::kReady;
  endpoint.incarnation = reader.number<int64_t>("incarnation", {});
}

void read(Reader& reader, Barrier& barrier) {
  barrier.id = reader.id("id");
  reader.each("tasks", [&](Value value) {
    const std::string task = value.text();
    if (!is_id(task)) value.refuse(fmt::format("\"{}\"", task), "a Task's id is needed");
    barrier.tasks.push_back(task);
  });
  reader.object("after", [&](Reader& after) { barrier.after = read_position(after); });
}

void read(Reader& reader, Beat& beat) {
  beat.epoch = reader.number<int64_t>("epoch", {});
  beat.count = reader.number<int64_t>("count", {});
}

void read(Reader& reader, Answers& answers) {
  answers.requests = reader.number<uint64_t>("requests", {}, 0);
  answers.failed = reader.number<uint64_t>("failed", {}, 0);
  if (!reader.has("heads")) return;
  reader.each_member("heads", [&](const std::string& name, Value count) {
    const auto step = parse_number<uint32_t>(name);
    if (!step) return count.refuse(name, "a latency step is needed");
    if (*step < kLatencySteps) answers.heads[*step] = static_cast<uint64_t>(count.number({}));
  });
}

void read_answers(const std::string& service, Value versions, GatewayRecord& gateway) {
  versions.each_member([&](const std::string& name, Value counted) {
    const auto version = parse_version(name);
    if (!version) return counted.refuse(name, "the number of a Version is needed");
    counted.object([&](Reader& reader) { read(reader, gateway.answers[service][*version]); });
  });
}

void read(Reader& reader, GatewayRecord& gateway) {
  gateway.id = reader.id("id");
  gateway.address = reader.text("address", "");
  gateway.site = reader.text("site", "");
  gateway.version = reader.text("version", "");
  reader.object("applied", [&](Reader& applied) { gateway.applied = read_position(applied); });
  if (reader.has("refused"))
    reader.each_member("refused",
                       [&](const std::string& key, Value why) { gateway.refused[key] = why.text(); });
  gateway.refused_more = reader.number<uint64_t>("refused_more", {}, 0);
  if (reader.has("in_flight"))
    reader.each_member("in_flight", [&](const std::string& task, Value count) {
      gateway.in_flight[task] = static_cast<uint64_t>(count.number({}));
    });
  if (reader.has("answers"))
    reader.each_member("answers", [&](const std::string& service, Value versions) {
      read_answers(service, versions, gateway);
    });
}

template <class T>
Result<T> decode_record(std::string_view text) {
  auto document = Document::parse(text);
  if (!document) return forward_error(document);
  Reader root = document->root();
  T record;
  read(root, record);
  if (document->problem()) return tl::unexpected(*document->problem());
  return record;
}

}  // namespace

template <>
Result<Route> decode(std::string_view text) {
  return decode_record<Route>(text);
}
template <>
Result<NodeRecord> decode(std::string_view text) {
  return decode_record<NodeRecord>(text);
}
template <>
Result<Endpoint> decode(std::string_view text) {
  return decode_record<Endpoint>(text);
}
template <>
Result<Barrier> decode(std::string_view text) {
  return decode_record<Barrier>(text);
}
template <>
Result<Beat> decode(std::string_view text) {
  return decode_record<Beat>(text);
}
template <>
Result<GatewayRecord> decode(std::string_view text) {
  return decode_record<GatewayRecord>(text);
}

}  // namespace hancock::registry
