// Record -> JSON, written into the text that the record had, so that members of a newer version stay.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/json_reader.h"
#include "registry/records.h"

namespace hancock::registry {
namespace {

using Json = nlohmann::json;

// A text that cannot be read has nothing worth keeping.
Json start_from(std::string_view before) {
  if (before.empty()) return Json::object();
  auto document = Document::parse(before);
  return document ? document->json() : Json::object();
}

std::string finish(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json& object_at(Json& json, const char* member) {
  Json& value = json[member];
  if (!value.is_object()) value = Json::object();
  return value;
}

void put_position(Json& json, const Position& position) {
  json["epoch"] = position.epoch;
  json["revision"] = position.revision.value();
}

Json answers_json(const Answers& answers) {
  Json heads = Json::object();
  for (const auto& [step, count] : answers.heads) heads[std::to_string(step)] = count;
  return {{"requests", answers.requests}, {"failed", answers.failed}, {"heads", std::move(heads)}};
}

// What is absent by default is written only where there is something.
template <class T>
void put_or_erase(Json& json, const char* member, const T& value) {
  json.erase(member);
  if (value != T()) json[member] = value;
}

void put_limits(Json& json, const Entrance::Limits& limits) {
  if (limits == Entrance::Limits()) {
    json.erase("limits");
    return;
  }
  Json& object = object_at(json, "limits");
  put_or_erase(object, "in_flight", limits.in_flight);
  put_or_erase(object, "rate", limits.rate);
  put_or_erase(object, "burst", limits.burst);
  put_or_erase(object, "body", limits.body);
}

void put_headers(Json& json, const Entrance& entrance) {
  json.erase("headers");
  const auto put = [&](const char* direction, const Entrance::FieldEdits& edits) {
    if (edits == Entrance::FieldEdits()) return;
    json["headers"][direction] = {{"set", edits.set}, {"remove", edits.remove}};
  };
  put("request", entrance.request_headers);
  put("response", entrance.response_headers);
}

void put_entrance(Json& json, const Entrance& entrance) {
  if (entrance.tcp != 0) {
    json["tcp"] = entrance.tcp;
    put_or_erase(json, "sni", entrance.sni);
  } else {
    json["hosts"] = entrance.hosts;
    json["paths"] = entrance.paths;
  }
  json["port"] = entrance.port;
  json["balance"] = entrance.balance;
  Json& timeouts = object_at(json, "timeouts");
  timeouts["connect"] = format_duration_ms(entrance.timeouts.connect_ms);
  timeouts["response_head"] = format_duration_ms(entrance.timeouts.response_head_ms);
  timeouts["idle"] = format_duration_ms(entrance.timeouts.idle_ms);
  timeouts.erase("total");
  if (entrance.timeouts.total_ms > 0) timeouts["total"] = format_duration_ms(entrance.timeouts.total_ms);
  Json& retry = object_at(json, "retry");
  retry["tries"] = entrance.retry.tries;
  retry["unsafe"] = entrance.retry.unsafe;
  put_or_erase(json, "sticky", entrance.sticky);
  put_or_erase(json, "redirect_https", entrance.redirect_https);
  put_limits(json, entrance.limits);
  put_headers(json, entrance);
  put_or_erase(json, "protocol", entrance.protocol);
  put_or_erase(json, "proxy_protocol", entrance.proxy_protocol);
  put_or_erase(json, "tls", entrance.tls);
  json.erase("slow_start");
  if (entrance.slow_start_ms > 0) json["slow_start"] = format_duration_ms(entrance.slow_start_ms);
}

void put_health(Json& json, const Health& health) {
  if (health == Health()) {
    json.erase("health");
    return;
  }
  Json& object = object_at(json, "health");
  object["enable"] = health.enable;
  object["typ"] = health.typ;
  object["timeout"] = format_duration_ms(health.timeout_ms);
  object["interval"] = format_duration_ms(health.interval_ms);
  object["sensibility"] = health.sensibility;
  object["rise"] = health.rise;
  object["protected"] = health.protect;
  object.erase("http_opts");
  if (!health.query.empty()) object["http_opts"]["query"] = health.query;
  for (const auto& [status, is_good] : health.statuses)
    object["http_opts"]["statuses"][std::to_string(status)] = is_good;
  put_or_erase(object, "name", health.name);
  put_or_erase(object, "user", health.user);
  put_or_erase(object, "pass", health.pass);
}

// The same entrance as before is the one with the same hosts and paths, or the same TCP port.
Json entrance_before(const Json& routes, const Entrance& entrance) {
  if (!routes.is_array()) return Json::object();
  const auto same = std::find_if(routes.begin(), routes.end(), [&](const Json& route) {
    if (!route.is_object()) return false;
    if (entrance.tcp != 0)
      return route.value("tcp", Json()) == Json(entrance.tcp) &&
             route.value("sni", Json::array()) == Json(entrance.sni);
    return route.value("hosts", Json()) == Json(entrance.hosts) &&
           route.value("paths", Json::array({"/"})) == Json(entrance.paths);
  });
  return same == routes.end() ? Json::object() : *same;
}

}  // namespace

std::string encode(const Route& record, std::string_view before) {
  Json json = start_from(before);
  json["tenant"] = record.tenant;
  json["app"] = record.app;
  json["service"] = record.service;
  json["generation"] = record.generation;
  Json split = Json::object();
  for (const auto& [version, weight] : record.split) split[std::to_string(version)] = weight;
  json["split"] = std::move(split);
  Json routes = Json::array();
  for (const Entrance& entrance : record.entrances) {
    Json route = entrance_before(json["routes"], entrance);
    put_entrance(route, entrance);
    routes.push_back(std::move(route));
  }
  json["routes"] = std::move(routes);
  put_health(json, record.health);
  return finish(json);
}

std::string encode(const NodeRecord& record, std::string_view before) {
  Json json = start_from(before);
  json["node"] = record.node;
  json["site"] = record.site;
  json["incarnation"] = record.incarnation;
  return finish(json);
}

std::string encode(const Endpoint& record, std::string_view before) {
  Json json = start_from(before);
  json["task"] = record.task;
  json["node"] = record.node;
  json["site"] = record.site;
  json["tenant"] = record.tenant;
  json["app"] = record.app;
  json["service"] = record.service;
  json["version"] = record.version;
  json["address"] = record.address;
  json["ports"] = Json(record.ports);
  json["weight"] = record.weight;
  json["state"] = record.state == EndpointState::kReady ? "ready" : "draining";
  json["incarnation"] = record.incarnation;
  return finish(json);
}

std::string encode(const Barrier& record, std::string_view before) {
  Json json = start_from(before);
  json["id"] = record.id;
  json["tasks"] = record.tasks;
  put_position(object_at(json, "after"), record.after);
  return finish(json);
}

std::string encode(const Beat& record, std::string_view before) {
  Json json = start_from(before);
  json["epoch"] = record.epoch;
  json["count"] = record.count;
  return finish(json);
}

std::string encode(const GatewayRecord& record, std::string_view before) {
  Json json = start_from(before);
  json["id"] = record.id;
  json["address"] = record.address;
  json["site"] = record.site;
  json["version"] = record.version;
  put_position(object_at(json, "applied"), record.applied);
  json["refused"] = Json(record.refused);
  json.erase("refused_more");
  if (record.refused_more > 0) json["refused_more"] = record.refused_more;
  json["in_flight"] = Json(record.in_flight);
  json.erase("answers");
  for (const auto& [service, versions] : record.answers)
    for (const auto& [version, answers] : versions)
      json["answers"][service][std::to_string(version)] = answers_json(answers);
  return finish(json);
}

}  // namespace hancock::registry
