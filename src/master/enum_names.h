// The schema's enum values as the API writes them: in lower case, without their prefix: "ready". Pure; any
// thread.
#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "hancock/model.pb.h"

namespace hancock::master {

/// The end of an enum value's name after the enum's own, in lower case: ("TASK_STATE_READY", 11) -> "ready".
inline std::string lower_tail(std::string_view name, size_t prefix) {
  std::string tail(name.substr(std::min(prefix, name.size())));
  for (char& c : tail) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return tail;
}

inline std::string name_of(model::TaskState state) {
  return lower_tail(model::TaskState_Name(state), sizeof "TASK_STATE_" - 1);
}
inline std::string name_of(model::NodeState state) {
  return lower_tail(model::NodeState_Name(state), sizeof "NODE_STATE_" - 1);
}
inline std::string name_of(model::DeploymentState state) {
  return lower_tail(model::DeploymentState_Name(state), sizeof "DEPLOYMENT_STATE_" - 1);
}

}  // namespace hancock::master
