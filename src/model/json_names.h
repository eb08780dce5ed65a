// What json_write.cc and json_read.cc agree on: how names of enum values and the well-known types look in
// JSON. Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace hancock::model {

/// TASK_STATE_READY of TaskState -> "ready".
std::string json_name(const google::protobuf::EnumValueDescriptor& value);
/// nullptr when the enum has no such value.
const google::protobuf::EnumValueDescriptor* find_by_json_name(const google::protobuf::EnumDescriptor& type,
                                                               std::string_view name);

inline bool is_duration(const google::protobuf::Descriptor& type) {
  return type.full_name() == "google.protobuf.Duration";
}
inline bool is_timestamp(const google::protobuf::Descriptor& type) {
  return type.full_name() == "google.protobuf.Timestamp";
}

}  // namespace hancock::model
