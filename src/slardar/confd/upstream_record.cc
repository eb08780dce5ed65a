#include "slardar/confd/upstream_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "io/address.h"
#include "slardar/confd/upstream_options.h"
#include "slardar/routing/route_table.h"

namespace hancock::slardar {
namespace {

using json_fields::boolean;
using Json = nlohmann::json;
using json_fields::member_of;
using json_fields::refuse;
using json_fields::seconds;
using json_fields::whole_number;

constexpr size_t kNameMax = 253;
constexpr int64_t kWeightMax = 65'535;
constexpr int64_t kMaxFailsMax = 10'000;
constexpr size_t kLevelsMax = 100;

/// A DNS name; what looks like an IPv4 address is one that is written wrong.
bool is_host_name(std::string_view host) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (host.empty() || host.size() > kNameMax || host.find("..") != std::string_view::npos) return false;
  const auto is_right = [&](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return host.front() != '.' && host.front() != '-' && std::all_of(host.begin(), host.end(), is_right) &&
         std::any_of(host.begin(), host.end(), is_letter);
}

/// In the usual form, so that the same server is not there twice in two forms.
Result<void> decode_host(const Json& value, const std::string& field, UpstreamRecord::Server& server) {
  if (!value.is_string()) return refuse(field, "a string is needed");
  const auto& host = value.get_ref<const std::string&>();
  const auto address = io::Address::of(host, 1);
  if (!address && !is_host_name(host))
    return refuse(field, fmt::format("{}: an IP address or a host name is needed", host));
  server.is_name = !address;
  server.host = address ? address->host() : to_lower(host);
  return {};
}

Result<UpstreamRecord::Server> decode_server(const Json& value, const std::string& path) {
  if (!value.is_object()) return refuse(path, "server must be a table");
  for (const auto& [member, unused] : value.items()) {
    constexpr std::string_view kMembers[] = {"host", "port", "weight", "max_fails", "fail_timeout"};
    if (std::find(std::begin(kMembers), std::end(kMembers), member) == std::end(kMembers))
      return refuse(member_of(path, member), "no such option");
  }
  if (!value.contains("host") || !value.contains("port"))
    return refuse(path, "no server.host nor server.port found");
  UpstreamRecord::Server server;
  auto host = decode_host(value["host"], path + ".host", server);
  if (!host) return forward_error(host);
  const auto number = [&](const char* member, int64_t min, int64_t max, auto& target) -> Result<void> {
    const auto found = value.find(member);
    if (found == value.end()) return {};
    auto read = whole_number(*found, member_of(path, member), min, max);
    if (!read) return forward_error(read);
    target = static_cast<std::decay_t<decltype(target)>>(*read);
    return {};
  };
  if (auto read = number("port", 1, 65'535, server.port); !read) return forward_error(read);
  if (auto read = number("weight", 0, kWeightMax, server.weight); !read) return forward_error(read);
  if (auto read = number("max_fails", 0, kMaxFailsMax, server.max_fails); !read) return forward_error(read);
  if (value.contains("fail_timeout")) {
    auto read = seconds(value["fail_timeout"], path + ".fail_timeout", std::chrono::milliseconds(0));
    if (!read) return forward_error(read);
    server.fail_timeout = *read;
  }
  return server;
}

Result<std::vector<UpstreamRecord::Server>> decode_servers(const Json& list, const std::string& path) {
  if (!list.is_array() || list.empty()) return refuse(path, "servers invalid");
  std::vector<UpstreamRecord::Server> servers;
  std::set<std::pair<std::string, uint16_t>> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    auto server = decode_server(list[i], at);
    if (!server) return forward_error(server);
    if (!seen.emplace(server->host, server->port).second)
      return refuse(at, fmt::format("{}:{}: stands there twice", server->host, server->port));
    servers.push_back(std::move(*server));
  }
  return servers;
}

Result<UpstreamRecord::Level> decode_level(const Json& value, const std::string& path, std::string name) {
  if (!value.is_object() || value.empty()) return refuse(path, "can not update empty level");
  if (!value.contains("servers")) return refuse(path, "servers invalid");
  for (const auto& [member, unused] : value.items()) {
    if (member != "servers") return refuse(member_of(path, member), "no such option");
  }
  auto servers = decode_servers(value["servers"], path + ".servers");
  if (!servers) return forward_error(servers);
  return UpstreamRecord::Level{std::move(name), std::move(*servers)};
}

Result<std::vector<UpstreamRecord::Level>> decode_cluster(const Json& cluster) {
  if (!cluster.is_array() && !cluster.is_object()) return refuse("cluster", "cluster invalid");
  if (cluster.empty()) return refuse("cluster", "can not set empty upstream");
  if (cluster.size() > kLevelsMax)
    return refuse("cluster", fmt::format("at most {} levels are allowed", kLevelsMax));
  std::vector<UpstreamRecord::Level> levels;
  // Of an object the members come by name.
  for (const auto& [key, value] : cluster.items()) {
    const bool named = cluster.is_object();
    if (named && !is_upstream_name(key))
      return refuse("cluster",
                    fmt::format("a level's name has 1 to {} of a-z, A-Z, 0-9, '-', '_' and '.'", kNameMax));
    auto level =
        decode_level(value, named ? "cluster." + key : fmt::format("cluster[{}]", key), named ? key : "");
    if (!level) return forward_error(level);
    levels.push_back(std::move(*level));
  }
  return levels;
}

Result<UpstreamRecord::Tls> decode_peer_tls(const Json& value) {
  if (!value.is_object()) return refuse("tls", "a map is needed");
  UpstreamRecord::Tls tls;
  for (const auto& [member, each] : value.items()) {
    const std::string field = "tls." + member;
    if (member == "verify") {
      auto verify = boolean(each, field);
      if (!verify) return forward_error(verify);
      tls.verify = *verify;
    } else if (member == "ca" || member == "server_name") {
      if (!each.is_string() || each.get_ref<const std::string&>().empty())
        return refuse(field, "a string is needed");
      (member == "ca" ? tls.ca : tls.server_name) = each.get<std::string>();
    } else {
      return refuse(field, "no such option");
    }
  }
  if (!tls.verify && !tls.ca.empty()) return refuse("tls.ca", "of no use without verify");
  return tls;
}

Result<std::vector<UpstreamRecord::Level>> decode_levels(const Json& body) {
  const bool has_servers = body.contains("servers");
  const bool has_cluster = body.contains("cluster");
  if (has_servers && has_cluster && body["cluster"].is_structured())
    return refuse("servers", "servers or cluster, not both");
  if (has_cluster) return decode_cluster(body["cluster"]);
  if (!has_servers) return refuse("servers", "servers invalid");
  auto servers = decode_servers(body["servers"], "servers");
  if (!servers) return forward_error(servers);
  return std::vector<UpstreamRecord::Level>{{"", std::move(*servers)}};
}

Json level_json(const UpstreamRecord::Level& level) {
  Json servers = Json::array();
  const UpstreamRecord::Server by_default;
  for (const UpstreamRecord::Server& server : level.servers) {
    Json& item =
        servers.emplace_back(Json{{"host", server.host}, {"port", server.port}, {"weight", server.weight}});
    if (server.max_fails != by_default.max_fails) item["max_fails"] = server.max_fails;
    if (server.fail_timeout != by_default.fail_timeout)
      item["fail_timeout"] = json_fields::seconds_json(server.fail_timeout);
  }
  return {{"servers", std::move(servers)}};
}

}  // namespace

size_t UpstreamRecord::servers() const {
  size_t count = 0;
  for (const UpstreamRecord::Level& level : levels) count += level.servers.size();
  return count;
}

bool is_upstream_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Result<UpstreamRecord> decode_upstream(std::string_view text) {
  const Json body = Json::parse(text, nullptr, false);
  if (body.is_discarded()) return fail(ErrorCode::kInvalid, "decode body error");
  if (!body.is_object()) return fail(ErrorCode::kInvalid, "body invalid");
  for (const auto& [member, unused] : body.items()) {
    if (member != "servers" && member != "cluster" && member != "tls" && member != "protocol" &&
        !is_upstream_option(member))
      return refuse(member, "no such option");
  }
  auto levels = decode_levels(body);
  if (!levels) return forward_error(levels);
  UpstreamRecord record;
  record.levels = std::move(*levels);
  record.named = body.contains("cluster") && body["cluster"].is_object();
  if (auto read = decode_options(body, record); !read) return forward_error(read);
  if (body.contains("protocol")) {
    const Json& protocol = body["protocol"];
    if (protocol != "http1" && protocol != "http2" && protocol != "grpc")
      return refuse("protocol", "http1, http2 or grpc is allowed");
    record.protocol = peer_protocol_of(protocol.get_ref<const std::string&>());
  }
  if (!body.contains("tls")) return record;
  auto tls = decode_peer_tls(body["tls"]);
  if (!tls) return forward_error(tls);
  record.tls = std::move(*tls);
  return record;
}

std::string encode_upstream(const UpstreamRecord& record) {
  Json cluster = record.named ? Json::object() : Json::array();
  for (const UpstreamRecord::Level& level : record.levels) {
    if (record.named) {
      cluster[level.name] = level_json(level);
    } else {
      cluster.push_back(level_json(level));
    }
  }
  Json body{{"cluster", std::move(cluster)}};
  encode_options(record, body);
  if (record.protocol == PeerProtocol::kHttp2) body["protocol"] = "http2";
  if (record.tls) {
    Json& tls = body["tls"] = {{"verify", record.tls->verify}};
    if (!record.tls->ca.empty()) tls["ca"] = record.tls->ca;
    if (!record.tls->server_name.empty()) tls["server_name"] = record.tls->server_name;
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hancock::slardar
