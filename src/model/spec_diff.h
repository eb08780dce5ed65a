// What differs between two specs of a Service, key by key. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "hancock/spec.pb.h"

namespace hancock::model {

/// One value that is not the same; each side as JSON, "" where it has none.
struct SpecChange {
  std::string field;  // as the API shows it: "routes[0].hosts[1]", "resources.memory_bytes"
  std::string from;
  std::string to;
  friend bool operator==(const SpecChange&, const SpecChange&) = default;
};

/// In the order of their fields.
std::vector<SpecChange> diff_specs(const ServiceSpec& from, const ServiceSpec& to);

}  // namespace hancock::model
