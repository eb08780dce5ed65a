// The schema's messages that JSON writes as one value. Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>

namespace hancock::model {

inline bool is_duration(const google::protobuf::Descriptor& type) {
  return type.full_name() == "google.protobuf.Duration";
}
inline bool is_timestamp(const google::protobuf::Descriptor& type) {
  return type.full_name() == "google.protobuf.Timestamp";
}

}  // namespace hancock::model
