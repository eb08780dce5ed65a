// Names of tenants, apps, services, nodes, sites and ports; references to a Service. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::model {

/// What a name must look like, for messages.
inline constexpr std::string_view kNameRule = "[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?";
bool is_name(std::string_view text);

/// tenant/app/service.
struct ServiceRef {
  std::string tenant;
  std::string app;
  std::string service;
  friend auto operator<=>(const ServiceRef&, const ServiceRef&) = default;
  std::string to_string() const { return tenant + "/" + app + "/" + service; }
};

/// Of any record that has tenant(), app() and service(): Task, Assignment, Deployment, Version, Claim.
template <class Record>
ServiceRef service_of(const Record& record) {
  return {record.tenant(), record.app(), record.service()};
}

/// "app/service" or "tenant/app/service". Without a tenant it is `default_tenant`, which may be "": whoever
/// asks.
Result<ServiceRef> parse_service_ref(std::string_view text, std::string_view default_tenant);

}  // namespace hancock::model
