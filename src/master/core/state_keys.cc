#include "master/core/state_keys.h"

#include <fmt/format.h>

#include <cctype>
#include <initializer_list>

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

bool stays(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '*' || c == '-';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
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
  return join(root_, {"idempotency", encode_segment(key)});
}

std::string encode_segment(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (stays(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<std::string> decode_segment(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!stays(text[i])) return std::nullopt;
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    int high = hex_value(text[i + 1]);
    int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
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
