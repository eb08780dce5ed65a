#include "model/enum_names.h"

#include "hancock/spec.pb.h"

namespace hancock::model {
namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// TaskState -> "TASK_STATE_".
std::string value_prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (is_upper(c) && !prefix.empty()) prefix += '_';
    prefix += is_upper(c) ? c : static_cast<char>(c - 'a' + 'A');
  }
  return prefix + "_";
}

bool is_joined_by_dashes(const google::protobuf::EnumDescriptor& type) {
  return type.file() == AppSpec::descriptor()->file() && &type != Reconcile_descriptor();
}

}  // namespace

std::string name_of(const google::protobuf::EnumValueDescriptor& value) {
  const std::string prefix = value_prefix(*value.type());
  std::string_view rest = value.name();
  if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  std::string result(rest);
  for (char& c : result) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    if (c == '_' && is_joined_by_dashes(*value.type())) c = '-';
  }
  return result;
}

std::string name_of(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : name_of(*value);
}

const google::protobuf::EnumValueDescriptor* find_enum_value(const google::protobuf::EnumDescriptor& type,
                                                             std::string_view name) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (name_of(*type.value(i)) == name) return type.value(i);
  }
  return nullptr;
}

}  // namespace hancock::model
