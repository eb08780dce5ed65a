#include "master/api/body.h"

#include <nlohmann/json.hpp>
#include <set>

#include "model/units.h"

namespace hancock::master::api {
namespace {

using Json = nlohmann::json;

// An object without repeated keys, or what is wrong.
tl::expected<Json, Problem> parse_object(std::string_view body,
                                         std::initializer_list<std::string_view> known) {
  std::set<std::string> keys;
  std::string repeated;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key && !keys.insert(parsed.get<std::string>()).second) {
      repeated = parsed.get<std::string>();
    }
    return true;
  };
  Json json = Json::parse(body, look, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return tl::unexpected(Problem(400, Mistake("invalid", "the body is no JSON object")));
  }
  if (!repeated.empty()) {
    return tl::unexpected(
        Problem(400, Mistake("invalid", fmt::format("{} stands there twice", repeated), repeated)));
  }
  for (const std::string& key : keys) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string allowed;
    for (const std::string_view name : known)
      allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", name);
    return tl::unexpected(Problem(400, Mistake("invalid", fmt::format("{} is not known", key), key, "",
                                               allowed.empty() ? "{}" : allowed)));
  }
  return json;
}

}  // namespace

tl::expected<int64_t, Problem> parse_replicas(std::string_view body) {
  const auto json = parse_object(body, {"replicas"});
  if (!json) return tl::unexpected(json.error());
  const auto found = json->find("replicas");
  const std::string allowed = "a number from 0 to 10000";
  if (found == json->end()) {
    return tl::unexpected(Problem(400, Mistake("invalid", "replicas is missing", "replicas", "", allowed)));
  }
  const bool fits =
      found->is_number_integer() && (!found->is_number_unsigned() || found->get<uint64_t>() <= INT64_MAX);
  if (!fits) {
    return tl::unexpected(
        Problem(400, Mistake("invalid", "replicas is no number", "replicas", found->dump(), allowed)));
  }
  return found->get<int64_t>();
}

tl::expected<uint32_t, Problem> parse_version(std::string_view body) {
  if (body.empty()) return 0;
  const auto json = parse_object(body, {"version"});
  if (!json) return tl::unexpected(json.error());
  const auto found = json->find("version");
  if (found == json->end()) return 0;
  const bool fits =
      found->is_number_unsigned() && found->get<uint64_t>() >= 1 && found->get<uint64_t>() <= UINT32_MAX;
  if (!fits) {
    return tl::unexpected(Problem(
        400, Mistake("invalid", "version is no number", "version", found->dump(), "a number from 1")));
  }
  return found->get<uint32_t>();
}

tl::expected<std::optional<Duration>, Problem> parse_deadline(std::string_view body) {
  if (body.empty()) return std::nullopt;
  const auto json = parse_object(body, {"deadline"});
  if (!json) return tl::unexpected(json.error());
  const auto found = json->find("deadline");
  if (found == json->end()) return std::nullopt;
  const auto duration = model::parse_duration(found->is_string() ? found->get<std::string>() : std::string());
  if (!duration) {
    return tl::unexpected(Problem(400, Mistake("invalid", "deadline is no duration", "deadline",
                                               found->dump(), "a number with ms, s, m, h or d, like 5m")));
  }
  return *duration;
}

std::optional<Problem> check_empty(std::string_view body) {
  if (body.empty()) return std::nullopt;
  const auto json = parse_object(body, {});
  if (!json) return json.error();
  return std::nullopt;
}

std::optional<Mistake> parse_refusal(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("errors") || !json["errors"].is_array() || json["errors"].empty()) {
    return std::nullopt;
  }
  const Json& first = json["errors"].front();
  const auto text = [&first](const char* member) {
    const auto found = first.is_object() ? first.find(member) : first.end();
    return found != first.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return Mistake(text("code"), text("message"));
}

}  // namespace hancock::master::api
