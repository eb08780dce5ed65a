#include "slardar/snapshot.h"

namespace hancock::slardar {

uint64_t Server::identity() const {
  const uint64_t place = std::hash<io::Address>{}(address);
  return place ^ (std::hash<std::string>{}(task)*0x9e3779b97f4a7c15ULL);
}

const Upstream* Snapshot::find_upstream(const std::string& name) const {
  const auto found = upstream_by_name.find(name);
  return found == upstream_by_name.end() ? nullptr : &upstreams[found->second];
}

}  // namespace hancock::slardar
