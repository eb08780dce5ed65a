#include "master/core/claims.h"

#include <fmt/format.h>

#include "base/percent.h"
#include "master/core/state_keys.h"

namespace hancock::master {
namespace {

/// All of it, or the names at it.
void add_port(int i, const model::RouteSpec& route, std::map<std::string, Entry>& claims) {
  const std::string port = fmt::format("tcp/{}", route.tcp());
  if (route.sni_size() == 0)
    claims.emplace(port, Entry{fmt::format("routes[{}].tcp", i), fmt::to_string(route.tcp())});
  for (int name = 0; name < route.sni_size(); ++name) {
    claims.emplace(fmt::format("{}/{}", port, percent_encode(route.sni(name))),
                   Entry{fmt::format("routes[{}].sni[{}]", i, name),
                         fmt::format("{}:{}", route.sni(name), route.tcp())});
  }
}

}  // namespace

std::map<std::string, Entry> claims_of(const model::ServiceSpec& spec) {
  std::map<std::string, Entry> claims;
  for (int i = 0; i < spec.routes_size(); ++i) {
    const model::RouteSpec& route = spec.routes(i);
    if (route.tcp() != 0) {
      add_port(i, route, claims);
      continue;
    }
    for (int host = 0; host < route.hosts_size(); ++host) {
      auto claim = [&](const std::string& path) {
        claims.emplace(fmt::format("host/{}/{}", percent_encode(route.hosts(host)), percent_encode(path)),
                       Entry{fmt::format("routes[{}].hosts[{}]", i, host), route.hosts(host) + path});
      };
      if (route.paths_size() == 0) claim("/");
      for (const std::string& path : route.paths()) claim(path);
    }
  }
  return claims;
}

}  // namespace hancock::master
