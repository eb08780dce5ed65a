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

/// By name below claims/: "host/shop.test/%2F", "tcp/5432".
std::map<std::string, Entry> claims_of(const model::ServiceSpec& spec);

}  // namespace hancock::master
