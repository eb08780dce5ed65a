#include "slardar/confd/upstream_record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hancock::slardar {
namespace {

using Json = nlohmann::json;

constexpr size_t kNameMax = 253;
constexpr int64_t kWeightMax = 65'535;
constexpr std::string_view kLaterOptions[] = {"enable",    "typ",  "timeout",   "interval", "sensibility",
                                              "rise",      "mode", "protected", "try",      "try_timeout",
                                              "http_opts", "name", "user",      "pass"};
constexpr std::string_view kLaterServerOptions[] = {"max_fails", "fail_timeout"};

tl::unexpected<Error> refuse(ErrorCode code, std::string field, std::string message) {
  return tl::unexpected(Error{code, std::move(message), std::move(field)});
}

tl::unexpected<Error> refuse_member(const std::string& path, const std::string& member,
                                    std::span<const std::string_view> later) {
  const std::string field = path.empty() ? member : path + "." + member;
  if (std::find(later.begin(), later.end(), member) != later.end())
    return refuse(ErrorCode::kUnsupported, field, "not supported yet");
  return refuse(ErrorCode::kInvalid, field, "no such option");
}

Result<int64_t> whole_number(const Json& value, const std::string& field, int64_t min, int64_t max) {
  const bool fits =
      value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX);
  if (!fits || value.get<int64_t>() < min || value.get<int64_t>() > max) {
    return refuse(ErrorCode::kInvalid, field,
                  fmt::format("{}: a whole number from {} to {} is allowed",
                              value.is_primitive() ? value.dump(-1, ' ', true, Json::error_handler_t::replace)
                                                   : std::string(value.type_name()),
                              min, max));
  }
  return value.get<int64_t>();
}

Result<UpstreamRecord::Server> decode_server(const Json& value, const std::string& path) {
  if (!value.is_object()) return refuse(ErrorCode::kInvalid, path, "server must be a table");
  for (const auto& [member, unused] : value.items()) {
    if (member != "host" && member != "port" && member != "weight")
      return refuse_member(path, member, kLaterServerOptions);
  }
  if (!value.contains("host") || !value.contains("port"))
    return refuse(ErrorCode::kInvalid, path, "no server.host nor server.port found");
  if (!value["host"].is_string()) return refuse(ErrorCode::kInvalid, path + ".host", "a string is needed");
  auto port = whole_number(value["port"], path + ".port", 1, 65'535);
  if (!port) return forward_error(port);
  const auto& host = value["host"].get_ref<const std::string&>();
  auto address = io::Address::of(host, static_cast<uint16_t>(*port));
  if (!address) {
    return refuse(ErrorCode::kUnsupported, path + ".host",
                  fmt::format("{}: not an IP address; host names are not supported yet", host));
  }
  UpstreamRecord::Server server{*address, 1};
  if (value.contains("weight")) {
    auto weight = whole_number(value["weight"], path + ".weight", 0, kWeightMax);
    if (!weight) return forward_error(weight);
    server.weight = static_cast<uint32_t>(*weight);
  }
  return server;
}

Result<UpstreamRecord> decode_servers(const Json& list, const std::string& path) {
  if (!list.is_array()) return refuse(ErrorCode::kInvalid, path, "servers invalid");
  if (list.empty()) return refuse(ErrorCode::kInvalid, path, "can not set empty upstream");
  UpstreamRecord record;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    auto server = decode_server(list[i], at);
    if (!server) return forward_error(server);
    const bool twice = std::any_of(record.servers.begin(), record.servers.end(),
                                   [&](const auto& each) { return each.address == server->address; });
    if (twice) return refuse(ErrorCode::kInvalid, at, server->address.to_string() + ": stands there twice");
    record.servers.push_back(*server);
  }
  return record;
}

Result<UpstreamRecord::Tls> decode_peer_tls(const Json& value) {
  if (!value.is_object()) return refuse(ErrorCode::kInvalid, "tls", "a map is needed");
  UpstreamRecord::Tls tls;
  for (const auto& [member, each] : value.items()) {
    const std::string field = "tls." + member;
    if (member == "verify") {
      // A file of ours has texts where JSON has words.
      if (!each.is_boolean() && each != "true" && each != "false")
        return refuse(ErrorCode::kInvalid, field, "true or false is allowed");
      tls.verify = each == true || each == "true";
    } else if (member == "ca" || member == "server_name") {
      if (!each.is_string() || each.get_ref<const std::string&>().empty())
        return refuse(ErrorCode::kInvalid, field, "a string is needed");
      (member == "ca" ? tls.ca : tls.server_name) = each.get<std::string>();
    } else {
      return refuse_member("tls", member, {});
    }
  }
  if (!tls.verify && !tls.ca.empty())
    return refuse(ErrorCode::kInvalid, "tls.ca", "of no use without verify");
  return tls;
}

Result<UpstreamRecord> decode_cluster(const Json& cluster) {
  if (cluster.is_object())
    return refuse(ErrorCode::kUnsupported, "cluster", "named levels are not supported yet");
  if (!cluster.is_array() || cluster.empty())
    return refuse(ErrorCode::kInvalid, "cluster", "cluster invalid");
  if (cluster.size() > 1)
    return refuse(ErrorCode::kUnsupported, "cluster", "more than one level is not supported yet");
  const Json& level = cluster[0];
  if (!level.is_object() || !level.contains("servers"))
    return refuse(ErrorCode::kInvalid, "cluster[0]", "servers invalid");
  for (const auto& [member, unused] : level.items()) {
    if (member != "servers") return refuse_member("cluster[0]", member, {});
  }
  return decode_servers(level["servers"], "cluster[0].servers");
}

}  // namespace

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
  const bool has_servers = body.contains("servers");
  const bool has_cluster = body.contains("cluster");
  for (const auto& [member, unused] : body.items()) {
    if (member != "servers" && member != "cluster" && member != "tls" && member != "protocol")
      return refuse_member("", member, kLaterOptions);
  }
  if (has_servers && has_cluster)
    return refuse(ErrorCode::kInvalid, "servers", "servers or cluster, not both");
  if (!has_servers && !has_cluster) return refuse(ErrorCode::kInvalid, "servers", "servers invalid");
  auto record = has_servers ? decode_servers(body["servers"], "servers") : decode_cluster(body["cluster"]);
  if (!record) return record;
  if (body.contains("protocol")) {
    const Json& protocol = body["protocol"];
    if (protocol != "http1" && protocol != "http2" && protocol != "grpc")
      return refuse(ErrorCode::kInvalid, "protocol", "http1, http2 or grpc is allowed");
    record->protocol = peer_protocol_of(protocol.get_ref<const std::string&>());
  }
  if (!body.contains("tls")) return record;
  auto tls = decode_peer_tls(body["tls"]);
  if (!tls) return forward_error(tls);
  record->tls = std::move(*tls);
  return record;
}

std::string encode_upstream(const UpstreamRecord& record) {
  Json servers = Json::array();
  for (const auto& server : record.servers) {
    servers.push_back(
        {{"host", server.address.host()}, {"port", server.address.port()}, {"weight", server.weight}});
  }
  Json body{{"cluster", Json::array({Json{{"servers", std::move(servers)}}})}};
  if (record.protocol == PeerProtocol::kHttp2) body["protocol"] = "http2";
  if (record.tls) {
    Json& tls = body["tls"] = {{"verify", record.tls->verify}};
    if (!record.tls->ca.empty()) tls["ca"] = record.tls->ca;
    if (!record.tls->server_name.empty()) tls["server_name"] = record.tls->server_name;
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hancock::slardar
