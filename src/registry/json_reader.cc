#include "registry/json_reader.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/number.h"

namespace hancock::registry {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kNameRule = "1 to 40 of a-z, 0-9 and '-' inside";
constexpr std::string_view kIdRule = "1 to 128 of a-z, A-Z, 0-9, '-', '_' and '.'";

// Enough of a value to recognise it in an error.
std::string shown(const Json& value) {
  static constexpr size_t kShownMax = 60;
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "…";
  return text;
}

void note(Problem& problem, const std::string& path, std::string_view value, std::string_view allowed) {
  if (problem) return;
  problem = Error{ErrorCode::kInvalid, fmt::format("{}: {}", value, allowed), path};
}

std::optional<int64_t> to_integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<uint64_t>();
    if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_string()) return std::nullopt;
  return parse_number<int64_t>(value.get_ref<const std::string&>());
}

int64_t checked_integer(const Json& value, const std::string& path, Problem& problem, Limits limits) {
  const auto number = to_integer(value);
  if (number && *number >= limits.min && *number <= limits.max) return *number;
  const bool open = limits.max == std::numeric_limits<int64_t>::max();
  note(problem, path, shown(value),
       open ? fmt::format("a whole number from {} is allowed", limits.min)
            : fmt::format("a whole number from {} to {} is allowed", limits.min, limits.max));
  return limits.min;
}

// nlohmann-json parses without recursion but writes with it.
bool deeper_than(std::string_view text, size_t limit) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

const Json* Reader::find(std::string_view member) const {
  const auto found = object_.find(std::string(member));
  return found == object_.end() ? nullptr : &*found;
}

const Json* Reader::require(std::string_view member, std::string_view allowed) {
  const Json* value = find(member);
  if (value == nullptr) refuse(member, "is missing", allowed);
  return value;
}

std::string Reader::path_to(std::string_view member) const {
  return path_.empty() ? std::string(member) : fmt::format("{}.{}", path_, member);
}

bool Reader::has(std::string_view member) const { return find(member) != nullptr; }

void Reader::refuse(std::string_view member, std::string_view value, std::string_view allowed) {
  note(problem_, path_to(member), value, allowed);
}

std::string Reader::text(std::string_view member, std::optional<std::string> fallback) {
  if (fallback && !has(member)) return *fallback;
  const Json* value = require(member, "a string is needed");
  if (value == nullptr) return {};
  return Value(*value, path_to(member), problem_).text();
}

std::string Reader::name(std::string_view member) {
  const std::string value = text(member);
  if (!is_name(value)) refuse(member, fmt::format("\"{}\"", value), kNameRule);
  return value;
}

std::string Reader::id(std::string_view member) {
  const std::string value = text(member);
  if (!is_id(value)) refuse(member, fmt::format("\"{}\"", value), kIdRule);
  return value;
}

bool Reader::boolean(std::string_view member, bool fallback) {
  const Json* value = find(member);
  return value == nullptr ? fallback : Value(*value, path_to(member), problem_).boolean();
}

int64_t Reader::duration_ms(std::string_view member, int64_t fallback) {
  const Json* value = find(member);
  if (value == nullptr) return fallback;
  const auto ms = value->is_string() ? parse_duration_ms(value->get_ref<const std::string&>()) : std::nullopt;
  if (!ms) refuse(member, shown(*value), "a number from 1 with ms, s, m, h or d is allowed");
  return ms.value_or(fallback);
}

int64_t Reader::integer(std::string_view member, Limits limits, std::optional<int64_t> fallback) {
  if (fallback && !has(member)) return *fallback;
  const Json* value = require(member, "a whole number is needed");
  return value == nullptr ? limits.min : checked_integer(*value, path_to(member), problem_, limits);
}

void Reader::object(std::string_view member, const std::function<void(Reader&)>& read) {
  const Json* value = require(member, "an object is needed");
  if (value != nullptr) Value(*value, path_to(member), problem_).object(read);
}

void Reader::optional_object(std::string_view member, const std::function<void(Reader&)>& read) {
  if (has(member)) object(member, read);
}

void Reader::each(std::string_view member, const std::function<void(Value)>& read) {
  const Json* array = require(member, "an array is needed");
  if (array == nullptr) return;
  if (!array->is_array()) return refuse(member, shown(*array), "an array is needed");
  for (size_t i = 0; i < array->size(); ++i)
    read(Value((*array)[i], fmt::format("{}[{}]", path_to(member), i), problem_));
}

void Reader::each_member(std::string_view member,
                         const std::function<void(const std::string&, Value)>& read) {
  const Json* object = require(member, "an object is needed");
  if (object == nullptr) return;
  if (!object->is_object()) return refuse(member, shown(*object), "an object is needed");
  for (const auto& [key, value] : object->items())
    read(key, Value(value, fmt::format("{}.{}", path_to(member), key), problem_));
}

std::string Value::text() {
  if (value_.is_string()) return value_.get<std::string>();
  refuse(shown(value_), "a string is needed");
  return {};
}

int64_t Value::number(Limits limits) { return checked_integer(value_, path_, problem_, limits); }

bool Value::boolean() {
  if (!value_.is_boolean()) refuse(shown(value_), "true or false is allowed");
  return value_.is_boolean() && value_.get<bool>();
}

void Value::each_member(const std::function<void(const std::string&, Value)>& read) {
  if (!value_.is_object()) return refuse(shown(value_), "an object is needed");
  for (const auto& [key, value] : value_.items())
    read(key, Value(value, fmt::format("{}.{}", path_, key), problem_));
}
void Value::object(const std::function<void(Reader&)>& read) {
  if (!value_.is_object()) return refuse(shown(value_), "an object is needed");
  Reader reader(value_, path_, problem_);
  read(reader);
}

void Value::refuse(std::string_view value, std::string_view allowed) {
  note(problem_, path_, value, allowed);
}

Document::Document(Json json)
    : json_(std::make_unique<Json>(std::move(json))), problem_(std::make_unique<Problem>()) {}
Document::Document(Document&&) noexcept = default;
Document::~Document() = default;

Reader Document::root() { return Reader(*json_, "", *problem_); }

Result<Document> Document::parse(std::string_view text) {
  if (deeper_than(text, kDepthMax))
    return fail(ErrorCode::kInvalid, "nested deeper than {} levels", kDepthMax);
  try {
    Json json = Json::parse(text);
    if (!json.is_object()) return fail(ErrorCode::kInvalid, "{}: an object is needed", shown(json));
    return Document(std::move(json));
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::kInvalid, "not JSON at byte {}", error.byte);
  } catch (const Json::out_of_range&) {
    return fail(ErrorCode::kInvalid, "a number is too large for JSON as we read it");
  }
}

}  // namespace hancock::registry
