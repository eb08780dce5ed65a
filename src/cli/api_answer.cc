// Reading the Masters' answers by hand.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/api.h"
#include "cli/deploy_answer.h"
#include "cli/log_line.h"
#include "cli/mistake.h"

namespace hancock::cli {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return ErrorCode::kInvalid;
    case 401:
    case 403:
      return ErrorCode::kDenied;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    case 410:
      return ErrorCode::kGone;
    case 501:
      return ErrorCode::kUnsupported;
    case 408:
    case 504:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kInternal;
  }
}

std::string text_of(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// The Master that was asked is not the one to ask: it does not lead, or has no store (docs/api.md, "Errors").
bool asks_for_another(int status, const nlohmann::json& errors) {
  if (status != 503) return false;
  return errors.empty() || std::any_of(errors.begin(), errors.end(), [](const nlohmann::json& error) {
           const std::string code = error.is_object() ? text_of(error, "code") : "";
           return code == "no_leader" || code == "no_store";
         });
}

Mistake mistake_of(const nlohmann::json& error, std::string_view file) {
  Mistake mistake;
  mistake.file = file;
  if (error.contains("line") && error["line"].is_number_integer()) mistake.line = error["line"].get<int>();
  mistake.field = text_of(error, "field");
  mistake.value = text_of(error, "value");
  mistake.message = text_of(error, "message");
  mistake.allowed = text_of(error, "allowed");
  return mistake;
}

}  // namespace

Error refusal(int status, std::string_view body, std::string_view file) {
  Error error{code_of(status), {}, {}};
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  auto errors = nlohmann::json::array();
  if (parsed.is_object() && parsed.contains("errors") && parsed["errors"].is_array())
    errors = parsed["errors"];
  for (const auto& entry : errors) {
    if (!entry.is_object()) continue;
    if (!error.message.empty()) error.message += "\n";
    error.message += to_line(mistake_of(entry, file));
  }
  if (asks_for_another(status, errors)) error.code = ErrorCode::kUnavailable;
  if (error.message.empty()) error.message = fmt::format("the Master answered {}", status);
  return error;
}

Result<std::vector<std::string>> items_of(std::string_view answer) {
  const auto parsed = nlohmann::json::parse(answer, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("items") || !parsed["items"].is_array()) {
    return fail(ErrorCode::kInternal, "the Master's answer is no list");
  }
  std::vector<std::string> items;
  for (const auto& item : parsed["items"]) items.push_back(item.dump());
  return items;
}

Result<DeployAnswer> parse_deploy_answer(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("services") || !parsed["services"].is_object()) {
    return fail(ErrorCode::kInternal, "the Master's answer names no services");
  }
  DeployAnswer answer;
  answer.index = parsed.value("index", int64_t{0});
  for (const auto& [name, entry] : parsed["services"].items()) {
    DeployAnswer::Started started;
    if (entry.contains("version") && entry["version"].is_number())
      started.version = entry["version"].get<uint32_t>();
    started.deployment = text_of(entry, "deployment");
    started.removed = entry.contains("removed") && entry["removed"] == true;
    answer.services.emplace(name, std::move(started));
  }
  return answer;
}

Result<DeployAnswer::Started> parse_started(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("version") || !parsed["version"].is_number())
    return fail(ErrorCode::kInternal, "the Master's answer names no version");
  DeployAnswer::Started started;
  started.version = parsed["version"].get<uint32_t>();
  started.deployment = text_of(parsed, "deployment");
  return started;
}

Result<LogLine> parse_log_line(std::string_view json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object())
    return fail(ErrorCode::kInternal, "a log line is no JSON object: {}", json.substr(0, 80));
  if (parsed.contains("error")) return fail(ErrorCode::kNotFound, "{}", text_of(parsed, "error"));
  return LogLine{text_of(parsed, "time"), text_of(parsed, "stream"), text_of(parsed, "line")};
}

}  // namespace hancock::cli
