// What names an App, a Service and a Version: the keys of the State's tables. Values only; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "model/names.h"

namespace hancock::master {

using model::service_of;
using model::ServiceRef;

struct AppRef {
  std::string tenant;
  std::string app;
  friend auto operator<=>(const AppRef&, const AppRef&) = default;
};

struct VersionRef {
  ServiceRef service;
  uint32_t number = 0;
  friend auto operator<=>(const VersionRef&, const VersionRef&) = default;
};

/// A Task's record in the Registry stands under its Node; another Node's, of the same name, is another
/// record.
struct EndpointRef {
  std::string node;
  std::string task;
  friend auto operator<=>(const EndpointRef&, const EndpointRef&) = default;
};

}  // namespace hancock::master
