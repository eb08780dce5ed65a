#include "master/core/claims.h"

#include <fmt/format.h>

#include "base/percent.h"
#include "master/core/state_keys.h"

namespace hancock::master {

std::map<std::string, Entry> claims_of(const model::ServiceSpec& spec) {
  std::map<std::string, Entry> claims;
  for (int i = 0; i < spec.routes_size(); ++i) {
    const model::RouteSpec& route = spec.routes(i);
    if (route.tcp() != 0) {
      claims.emplace(fmt::format("tcp/{}", route.tcp()),
                     Entry{fmt::format("routes[{}].tcp", i), fmt::to_string(route.tcp())});
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
