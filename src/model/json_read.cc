// from_json: nlohmann's tree, walked by the schema.
#include <fmt/core.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "base/encoding.h"
#include "model/enum_names.h"
#include "model/json.h"
#include "model/json_types.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

constexpr size_t kDepthMax = 32;  // the schema needs fewer than ten

tl::unexpected<Error> wrong(const std::string& path, std::string_view allowed) {
  return tl::unexpected(Error{ErrorCode::kInvalid, fmt::format("{}: must be {}", path, allowed), path});
}

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

/// A whole number in T, from a number or a string; nullopt when it is none or does not fit.
template <class T>
std::optional<T> whole_number(const json& value) {
  json number = value;
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (text.size() > 20) return std::nullopt;
    number = json::parse(text, nullptr, false);
  }
  if (number.is_number_unsigned()) {
    const auto n = number.get<uint64_t>();
    if (n > static_cast<uint64_t>(std::numeric_limits<T>::max())) return std::nullopt;
    return static_cast<T>(n);
  }
  if (!std::numeric_limits<T>::is_signed || !number.is_number_integer()) return std::nullopt;
  const auto n = number.get<int64_t>();
  if (n < static_cast<int64_t>(std::numeric_limits<T>::min())) return std::nullopt;
  return static_cast<T>(n);
}

class Reader {
 public:
  Result<void> read_message(const json& value, Message& message, const std::string& path);

 private:
  Result<void> read_field(const json& value, Message& message, const FieldDescriptor& field,
                          const std::string& path);
  Result<void> read_list(const json& value, Message& message, const FieldDescriptor& field,
                         const std::string& path);
  Result<void> read_map(const json& value, Message& message, const FieldDescriptor& field,
                        const std::string& path);
  Result<void> read_value(const json& value, Message& message, const FieldDescriptor& field,
                          const std::string& path);
  Result<void> read_string(const json& value, Message& message, const FieldDescriptor& field,
                           const std::string& path);
  Result<void> read_enum(const json& value, Message& message, const FieldDescriptor& field,
                         const std::string& path);
  Result<void> read_duration(const json& value, google::protobuf::Duration& duration,
                             const std::string& path);
  Result<void> read_timestamp(const json& value, google::protobuf::Timestamp& time, const std::string& path);
};

/// Sets a field or appends to a repeated one.
template <class T, class Set, class Add>
void put(Message& message, const FieldDescriptor& field, Set set, Add add, T value) {
  const Reflection& r = *message.GetReflection();
  if (field.is_repeated()) {
    (r.*add)(&message, &field, std::move(value));
  } else {
    (r.*set)(&message, &field, std::move(value));
  }
}

template <class T, class Set, class Add>
Result<void> put_number(const json& value, Message& message, const FieldDescriptor& field, Set set, Add add,
                        const std::string& path) {
  const auto number = whole_number<T>(value);
  if (!number) {
    return wrong(path, fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                                   std::numeric_limits<T>::max()));
  }
  put(message, field, set, add, *number);
  return {};
}

Result<void> Reader::read_string(const json& value, Message& message, const FieldDescriptor& field,
                                 const std::string& path) {
  if (!value.is_string()) return wrong(path, "a string");
  std::string text = value.get<std::string>();
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    auto bytes = base64_decode(text);
    if (!bytes) return wrong(path, "base64");
    text = std::move(*bytes);
  }
  put(message, field, &Reflection::SetString, &Reflection::AddString, std::move(text));
  return {};
}

Result<void> Reader::read_enum(const json& value, Message& message, const FieldDescriptor& field,
                               const std::string& path) {
  if (value.is_string()) {
    const auto* found = find_enum_value(*field.enum_type(), value.get_ref<const std::string&>());
    if (found != nullptr) {
      put(message, field, &Reflection::SetEnumValue, &Reflection::AddEnumValue, found->number());
      return {};
    }
  } else if (const auto number = whole_number<int32_t>(value)) {
    put(message, field, &Reflection::SetEnumValue, &Reflection::AddEnumValue, int{*number});
    return {};
  }
  std::string names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    names += (i == 0 ? "" : ", ") + name_of(*field.enum_type()->value(i));
  }
  return wrong(path, "one of " + names);
}

Result<void> Reader::read_value(const json& value, Message& message, const FieldDescriptor& field,
                                const std::string& path) {
  using R = Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put_number<int32_t>(value, message, field, &R::SetInt32, &R::AddInt32, path);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_number<int64_t>(value, message, field, &R::SetInt64, &R::AddInt64, path);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_number<uint32_t>(value, message, field, &R::SetUInt32, &R::AddUInt32, path);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_number<uint64_t>(value, message, field, &R::SetUInt64, &R::AddUInt64, path);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!value.is_number()) return wrong(path, "a number");
      put(message, field, &R::SetDouble, &R::AddDouble, value.get<double>());
      return {};
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (!value.is_number()) return wrong(path, "a number");
      put(message, field, &R::SetFloat, &R::AddFloat, value.get<float>());
      return {};
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_boolean()) return wrong(path, "true or false");
      put(message, field, &R::SetBool, &R::AddBool, value.get<bool>());
      return {};
    case FieldDescriptor::CPPTYPE_ENUM:
      return read_enum(value, message, field, path);
    case FieldDescriptor::CPPTYPE_STRING:
      return read_string(value, message, field, path);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const R& r = *message.GetReflection();
      return read_message(
          value, field.is_repeated() ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field),
          path);
    }
  }
  return {};
}

Result<void> Reader::read_list(const json& value, Message& message, const FieldDescriptor& field,
                               const std::string& path) {
  if (!value.is_array()) return wrong(path, "a list");
  for (size_t i = 0; i < value.size(); ++i) {
    auto read = read_value(value[i], message, field, fmt::format("{}[{}]", path, i));
    if (!read) return read;
  }
  return {};
}

Result<void> Reader::read_map(const json& value, Message& message, const FieldDescriptor& field,
                              const std::string& path) {
  if (!value.is_object()) return wrong(path, "an object");
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  const FieldDescriptor& value_field = *field.message_type()->map_value();
  for (const auto& [key, item] : value.items()) {
    const std::string item_path = join(path, key);
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    auto read = read_value(key, entry, key_field, item_path);
    if (read) read = read_value(item, entry, value_field, item_path);
    if (!read) return read;
  }
  return {};
}

Result<void> Reader::read_field(const json& value, Message& message, const FieldDescriptor& field,
                                const std::string& path) {
  if (field.is_map()) return read_map(value, message, field, path);
  if (field.is_repeated()) return read_list(value, message, field, path);
  return read_value(value, message, field, path);
}

Result<void> Reader::read_duration(const json& value, google::protobuf::Duration& duration,
                                   const std::string& path) {
  if (!value.is_string()) return wrong(path, kDurationRule);
  std::string_view text = value.get_ref<const std::string&>();
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto parsed = parse_duration(text);
  if (!parsed) return wrong(path, kDurationRule);
  duration = to_proto(negative ? -*parsed : *parsed);
  return {};
}

Result<void> Reader::read_timestamp(const json& value, google::protobuf::Timestamp& time,
                                    const std::string& path) {
  const auto parsed = value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
  if (!parsed) return wrong(path, "a time like 2026-01-31T08:15:30.250Z");
  time = to_proto(*parsed);
  return {};
}

Result<void> Reader::read_message(const json& value, Message& message, const std::string& path) {
  const auto& type = *message.GetDescriptor();
  if (is_duration(type)) {
    return read_duration(value, static_cast<google::protobuf::Duration&>(message), path);
  }
  if (is_timestamp(type)) {
    return read_timestamp(value, static_cast<google::protobuf::Timestamp&>(message), path);
  }
  if (!value.is_object()) return wrong(path.empty() ? "the text" : path, "an object");
  for (const auto& [key, item] : value.items()) {
    const FieldDescriptor* field = type.FindFieldByName(key);
    if (field == nullptr || item.is_null()) continue;
    auto read = read_field(item, message, *field, join(path, key));
    if (!read) return read;
  }
  return {};
}

/// Watches the parser: which key stands twice in one object, and how deep the text is.
class Guard {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (static_cast<size_t>(depth) > kDepthMax) too_deep_ = true;
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end && !keys_.empty()) keys_.pop_back();
    if (event == json::parse_event_t::key && !keys_.empty()) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second && !repeated_) repeated_ = key;
    }
    return !too_deep_;
  }
  bool too_deep() const { return too_deep_; }
  const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::optional<std::string> repeated_;
  bool too_deep_ = false;
};

}  // namespace

Result<void> from_json(std::string_view text, Message& message) {
  message.Clear();
  Guard guard;
  const json tree = json::parse(text, std::ref(guard), /*allow_exceptions=*/false);
  if (guard.too_deep()) return fail(ErrorCode::kInvalid, "more than {} levels deep", kDepthMax);
  if (guard.repeated()) return wrong(*guard.repeated(), "there once");
  if (tree.is_discarded()) return fail(ErrorCode::kInvalid, "not JSON");
  return Reader().read_message(tree, message, "");
}

}  // namespace hancock::model
