#include "master/api/router.h"

#include <optional>

#include "base/percent.h"
#include "http/message.h"

namespace hancock::master::api {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

std::optional<std::vector<std::string>> fit(const std::vector<std::string_view>& pattern,
                                            const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> names;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].starts_with('{')) {
      if (pattern[i] != path[i]) return std::nullopt;
      continue;
    }
    auto name = percent_decode(path[i]);
    if (!name || name->empty()) return std::nullopt;
    names.push_back(std::move(*name));
  }
  return names;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (const Route& route : routes) entries_.push_back({route, split(route.pattern)});
}

Router::Outcome Router::match(std::string_view method, std::string_view path) const {
  if (!path.starts_with('/')) return NoSuchPath{};
  const std::vector<std::string_view> segments = split(path);
  std::string allowed;
  for (const Entry& entry : entries_) {
    auto names = fit(entry.segments, segments);
    if (!names) continue;
    if (entry.route.method == method || entry.route.method == "*")
      return Match{&entry.route, std::move(*names)};
    if (!allowed.empty()) allowed += ", ";
    allowed += entry.route.method;
  }
  if (allowed.empty()) return NoSuchPath{};
  return NoSuchMethod{std::move(allowed)};
}

}  // namespace hancock::master::api
