#include "registry/keys.h"

#include <fmt/format.h>

namespace hancock::registry {

std::string Keys::route(std::string_view tenant, std::string_view app, std::string_view service) const {
  return fmt::format("{}routes/{}/{}/{}", prefix_, tenant, app, service);
}

std::string Keys::endpoint(std::string_view node, std::string_view task) const {
  return fmt::format("{}endpoints/{}/{}", prefix_, node, task);
}

std::string Keys::endpoints_of(std::string_view node) const {
  return fmt::format("{}endpoints/{}/", prefix_, node);
}

std::string Keys::node(std::string_view name) const { return fmt::format("{}nodes/{}", prefix_, name); }

std::string Keys::gateway(std::string_view id) const { return fmt::format("{}gateways/{}", prefix_, id); }

std::string Keys::barrier(std::string_view id) const { return fmt::format("{}barriers/{}", prefix_, id); }

}  // namespace hancock::registry
