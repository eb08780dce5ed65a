#include "slardar/routing/route_table.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace hancock::slardar {
namespace {

constexpr size_t kHostMax = 255;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool holds(std::string_view prefix, std::string_view path) {
  if (!path.starts_with(prefix)) return false;
  return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

}  // namespace

std::string to_lower(std::string_view host) {
  std::string lowered(host);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

std::string_view without_port(std::string_view host) {
  const size_t bracket = host.rfind(']');
  const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return host.substr(0, colon);
}

bool is_host_pattern(std::string_view pattern) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) pattern.remove_prefix(2);
  if (pattern.empty() || pattern.size() > kHostMax || pattern.front() == '.' || pattern.back() == '.')
    return false;
  if (pattern.find("..") != std::string_view::npos) return false;
  return std::all_of(pattern.begin(), pattern.end(), [](char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':' ||
           c == '[' || c == ']';
  });
}

std::optional<RouteIndex> RouteTable::claim(std::string_view host, std::string_view prefix,
                                            RouteIndex route) {
  const std::string name = to_lower(host);
  Prefixes* prefixes = &default_;
  if (name.starts_with("*.")) {
    prefixes = &wildcards_[name.substr(1)];
  } else if (name != "*") {
    prefixes = &exact_[name];
  }
  const auto place = std::find_if(prefixes->begin(), prefixes->end(),
                                  [&](const Prefix& each) { return each.path.size() <= prefix.size(); });
  for (auto same = place; same != prefixes->end() && same->path.size() == prefix.size(); ++same) {
    if (same->path == prefix) return same->route;
  }
  prefixes->insert(place, Prefix{std::string(prefix), route});
  return std::nullopt;
}

void RouteTable::claim_name(std::string_view name, RouteIndex route) { names_[to_lower(name)] = route; }

std::optional<RouteIndex> RouteTable::find_path(const Prefixes& prefixes, std::string_view path) {
  for (const Prefix& each : prefixes) {
    if (holds(each.path, path)) return each.route;
  }
  return std::nullopt;
}

std::optional<RouteIndex> RouteTable::find(std::string_view host, std::string_view path) const {
  host = without_port(host);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > kHostMax) return std::nullopt;
  std::array<char, kHostMax> lowered;
  std::transform(host.begin(), host.end(), lowered.begin(), lower);
  const std::string_view name(lowered.data(), host.size());

  if (const auto found = exact_.find(name); found != exact_.end()) {
    if (const auto route = find_path(found->second, path)) return route;
  }
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  if (!wildcards_.empty()) {
    for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
      const auto found = wildcards_.find(name.substr(dot));
      if (found == wildcards_.end() || dot == 0) continue;
      if (const auto route = find_path(found->second, path)) return route;
    }
  }
  return find_path(default_, path);
}

void RouteTable::each(const Visit& visit) const {
  std::vector<std::tuple<std::string, std::string, RouteIndex>> all;
  const auto add = [&](const std::string& host, const Prefixes& prefixes) {
    for (const Prefix& prefix : prefixes) all.emplace_back(host, prefix.path, prefix.route);
  };
  for (const auto& [host, prefixes] : exact_) add(host, prefixes);
  for (const auto& [name, route] : names_) all.emplace_back(name, "/", route);
  for (const auto& [suffix, prefixes] : wildcards_) add("*" + suffix, prefixes);
  add("*", default_);
  std::sort(all.begin(), all.end());
  for (const auto& [host, prefix, route] : all) visit(host, prefix, route);
}

}  // namespace hancock::slardar
