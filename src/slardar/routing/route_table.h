// RouteTable: which route a host and path lead to. Part of a Snapshot: built once, then only read.
//
// Order of lookup: the exact host; an upstream named like the host; the longest wildcard; the default `*`. In
// each, the longest path prefix wins; a host none of whose prefixes fits passes on to the next. A prefix ends
// at a segment: "/api" holds for "/api" and "/api/x", not for "/apix"; "/api/" only for what is below it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hancock::slardar {

/// A place in Snapshot::routes.
using RouteIndex = size_t;

class RouteTable {
 public:
  /// `host`: "shop.test", "*.shop.test" or "*", in any case. Gives the route that holds this host and prefix
  /// already, if one does; then nothing has changed.
  std::optional<RouteIndex> claim(std::string_view host, std::string_view prefix, RouteIndex route);
  /// The upstream of that name answers for the host of that name.
  void claim_name(std::string_view name, RouteIndex route);

  /// `host` as a Host field has it, with or without port and final dot, in any case.
  std::optional<RouteIndex> find(std::string_view host, std::string_view path) const;

  /// Every claim, by host and prefix: "shop.test", "*.shop.test", "*".
  using Visit = std::function<void(const std::string& host, const std::string& prefix, RouteIndex route)>;
  void each(const Visit& visit) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ByHost = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  struct Prefix {
    std::string path;
    RouteIndex route;
  };
  using Prefixes = std::vector<Prefix>;  // longest first

  static std::optional<RouteIndex> find_path(const Prefixes& prefixes, std::string_view path);

  ByHost<Prefixes> exact_;
  ByHost<RouteIndex> names_;
  ByHost<Prefixes> wildcards_;  // without the star: ".shop.test"
  Prefixes default_;
};

/// "Shop.test" -> "shop.test".
std::string to_lower(std::string_view host);

/// What a host name may look like in a record: labels of letters, digits, '-' and '_', or a numeric address.
bool is_host_pattern(std::string_view pattern);

/// "Shop.test:8080" -> "Shop.test"; "[::1]:80" -> "[::1]".
std::string_view without_port(std::string_view host);

}  // namespace hancock::slardar
