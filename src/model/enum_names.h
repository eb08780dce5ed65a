// The values of the schema's enums as everybody writes them, in specs, in JSON, in messages and in metrics.
// Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>

namespace hancock::model {

/// In lower case, without the enum's own name: TASK_STATE_READY -> "ready". The words of specs are joined by
/// '-' (UPDATE_STRATEGY_BLUE_GREEN -> "blue-green"), those of records by '_' ("rolled_back"), and so are
/// "keep_original" and "keep_replacement".
std::string name_of(const google::protobuf::EnumValueDescriptor& value);
/// The value's name, or its number when the schema has no such value (it is from a newer one).
std::string name_of(const google::protobuf::EnumDescriptor& type, int number);
template <class E>
requires google::protobuf::is_proto_enum<E>::value std::string name_of(E value) {
  return name_of(*google::protobuf::GetEnumDescriptor<E>(), value);
}

/// nullptr when the enum has no such value.
const google::protobuf::EnumValueDescriptor* find_enum_value(const google::protobuf::EnumDescriptor& type,
                                                             std::string_view name);

}  // namespace hancock::model
