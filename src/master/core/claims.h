// Claims: which entrances a spec asks for, by the names under which they are claimed. Pure; any thread.
#pragma once

#include <map>
#include <string>

#include "hancock/spec.pb.h"

namespace hancock::master {

/// Where in the spec an entrance is asked for, for messages.
struct Entry {
  std::string field;  // "routes[0].hosts[1]"
  std::string value;  // "shop.test/", "5432"
};

/// By name below claims/: "host/shop.test/%2F", "tcp/5432", "tcp/443/db.test".
std::map<std::string, Entry> claims_of(const model::ServiceSpec& spec);

/// Visits what in `held`, by claims' names, nobody else may have beside `claim`: that itself, of a port the
/// names at it, of such a name the whole port.
template <class Map, class Visit>
void each_rival(const Map& held, const std::string& claim, Visit visit) {
  if (const auto same = held.find(claim); same != held.end()) visit(same->second);
  if (const auto port = held.find(claim.substr(0, claim.rfind('/'))); port != held.end()) visit(port->second);
  const std::string names = claim + "/";
  for (auto it = held.lower_bound(names); it != held.end() && it->first.starts_with(names); ++it)
    visit(it->second);
}

}  // namespace hancock::master
