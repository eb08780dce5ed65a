#include "cli/diff_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace hancock::cli {
namespace {

using Tree = nlohmann::json;

std::string shown(const Tree& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return "(none)";
  return found->dump();
}

std::string plain(const Tree& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Tree& list_at(const Tree& object, const char* member) {
  static const Tree none = Tree::array();
  const auto found = object.find(member);
  return found != object.end() && found->is_array() ? *found : none;
}

void add_changes(const Tree& items, const std::string& indent, std::vector<std::string>& lines) {
  for (const Tree& item : items) {
    if (!item.is_object()) continue;
    lines.push_back(
        fmt::format("{}{}: {} -> {}", indent, plain(item, "field"), shown(item, "from"), shown(item, "to")));
  }
}

std::string title_of(const Tree& service) {
  const std::string change = plain(service, "change");
  if (change == "create") return "is new";
  if (change == "remove") return "is removed";
  if (change == "nothing") return "stays as it is";
  if (change == "scale") return "gets another number of Tasks";
  return fmt::format("version {} -> {}, {}", service.value("from", 0), service.value("to", 0),
                     plain(service, "strategy"));
}

void add_service(const std::string& name, const Tree& service, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}: {}", name, title_of(service)));
  add_changes(list_at(service, "diff"), "  ", lines);
  for (const Tree& place : list_at(service, "place"))
    lines.push_back(fmt::format("  + on {}: {}", plain(place, "node"), plain(place, "because")));
  for (const Tree& stop : list_at(service, "stop"))
    lines.push_back(fmt::format("  - {} on {}", plain(stop, "task"), plain(stop, "node")));
  if (const std::string problem = plain(service, "problem"); !problem.empty())
    lines.push_back("  ! " + problem);
}

}  // namespace

Result<std::vector<std::string>> diff_lines(std::string_view answer) {
  const Tree parsed = Tree::parse(answer, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("items"))
    return fail(ErrorCode::kInternal, "the Master's answer is no diff");
  std::vector<std::string> lines;
  add_changes(list_at(parsed, "items"), "", lines);
  return lines;
}

Result<std::vector<std::string>> plan_lines(std::string_view answer, const std::string& app) {
  const Tree parsed = Tree::parse(answer, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("services") || !parsed["services"].is_object())
    return fail(ErrorCode::kInternal, "the Master's answer is no plan");
  std::vector<std::string> lines;
  for (const auto& [name, service] : parsed["services"].items())
    if (service.is_object()) add_service(app + "/" + name, service, lines);
  lines.push_back(fmt::format("just this: hancock deploy --check-index {}", shown(parsed, "index")));
  return lines;
}

}  // namespace hancock::cli
