// to_json: text straight from the schema's reflection, without a tree in between.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/encoding.h"
#include "model/enum_names.h"
#include "model/json.h"
#include "model/json_text.h"
#include "model/json_types.h"
#include "model/time.h"
#include "model/units.h"

namespace hancock::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void append_message(std::string& out, const Message& message);

void append_double(std::string& out, double value) {
  // JSON has no word for NaN and infinities.
  out += std::isfinite(value) ? fmt::format("{}", value) : "null";
}

/// A value from a newer schema is its number.
void append_enum(std::string& out, const google::protobuf::EnumDescriptor& type, int number) {
  if (type.FindValueByNumber(number) == nullptr) {
    out += std::to_string(number);
  } else {
    append_json_string(out, name_of(type, number));
  }
}

/// One value: of a plain field (`index` < 0) or of a repeated one.
void append_value(std::string& out, const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const auto get = [&](auto single, auto repeated) {
    return index < 0 ? (r.*single)(message, &field) : (r.*repeated)(message, &field, index);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      out += std::to_string(get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      out += std::to_string(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      out += std::to_string(get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      out += std::to_string(get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      append_double(out, get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      append_double(out, static_cast<double>(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat)));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      append_enum(out, *field.enum_type(), get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue));
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = get(&Reflection::GetString, &Reflection::GetRepeatedString);
      append_json_string(out, field.type() == FieldDescriptor::TYPE_BYTES ? base64_encode(text) : text);
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      append_message(
          out, index < 0 ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, index));
      break;
  }
}

/// Sorted by key, so that the same message is the same text.
void append_map(std::string& out, const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  const FieldDescriptor& key = *field.message_type()->map_key();
  const FieldDescriptor& value = *field.message_type()->map_value();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < r.FieldSize(message, &field); ++i) {
    const Message& entry = r.GetRepeatedMessage(message, &field, i);
    std::string name;
    append_value(name, entry, key, -1);
    if (!name.starts_with('"')) append_json_string(name, std::exchange(name, {}));
    entries.emplace_back(std::move(name), &entry);
  }
  std::ranges::sort(entries);
  out += '{';
  for (const auto& [name, entry] : entries) {
    if (out.back() != '{') out += ',';
    out += name;
    out += ':';
    append_value(out, *entry, value, -1);
  }
  out += '}';
}

void append_field(std::string& out, const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return append_map(out, message, field);
  if (!field.is_repeated()) return append_value(out, message, field, -1);
  out += '[';
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    if (i > 0) out += ',';
    append_value(out, message, field, i);
  }
  out += ']';
}

void append_message(std::string& out, const Message& message) {
  const auto& type = *message.GetDescriptor();
  if (is_duration(type)) {
    const auto& duration = static_cast<const google::protobuf::Duration&>(message);
    return append_json_string(out, format_duration(from_proto(duration)));
  }
  if (is_timestamp(type)) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    return append_json_string(out, to_rfc3339(from_proto(time)));
  }
  out += '{';
  bool first = true;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    // Messages and members of a oneof know whether they are set.
    if (field.has_presence() && !message.GetReflection()->HasField(message, &field)) continue;
    if (!std::exchange(first, false)) out += ',';
    append_json_string(out, field.name());
    out += ':';
    append_field(out, message, field);
  }
  out += '}';
}

}  // namespace

std::string to_json(const Message& message) {
  std::string out;
  append_message(out, message);
  return out;
}

}  // namespace hancock::model
