#include "master/core/state_keys.h"

#include <fmt/format.h>

#include <initializer_list>

#include "base/percent.h"

namespace hancock::master {
namespace {

std::string join(std::string_view root, std::initializer_list<std::string_view> parts) {
  std::string key(root);
  for (bool first = true; std::string_view part : parts) {
    if (!first) key += '/';
    first = false;
    key += part;
  }
  return key;
}

}  // namespace

std::string StateKeys::tenant(std::string_view name) const { return join(root_, {"tenants", name}); }

std::string StateKeys::app(const AppRef& app) const { return join(root_, {"apps", app.tenant, app.app}); }

std::string StateKeys::service(const ServiceRef& service) const {
  return join(root_, {"services", service.tenant, service.app, service.service});
}

std::string StateKeys::version(const VersionRef& version) const {
  return versions(version.service) + fmt::to_string(version.number);
}

std::string StateKeys::versions(const ServiceRef& service) const {
  return join(root_, {"versions", service.tenant, service.app, service.service, ""});
}

std::string StateKeys::task(std::string_view id) const { return join(root_, {"tasks", id}); }

std::string StateKeys::node(std::string_view name) const { return join(root_, {"nodes", name}); }

std::string StateKeys::site(std::string_view name) const { return join(root_, {"sites", name}); }

std::string StateKeys::deployment(std::string_view id) const { return join(root_, {"deployments", id}); }

std::string StateKeys::claim(std::string_view name) const { return join(root_, {"claims", name}); }

std::string StateKeys::event(int64_t number) const {
  return join(root_, {"events", fmt::format("{:020}", number)});
}

std::string StateKeys::token(std::string_view name) const { return join(root_, {"tokens", name}); }

std::string StateKeys::idempotency(std::string_view key) const {
  return join(root_, {"idempotency", percent_encode(key)});
}

std::vector<std::string_view> split_key(std::string_view key) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t end = key.find('/'); end != std::string_view::npos; end = key.find('/', begin)) {
    parts.push_back(key.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(key.substr(begin));
  return parts;
}

}  // namespace hancock::master
