#include "slardar/routing/snapshot.h"

#include <algorithm>

namespace hancock::slardar {

uint64_t Server::identity() const {
  const uint64_t place = std::hash<io::Address>{}(address);
  return place ^ (std::hash<std::string>{}(task)*0x9e3779b97f4a7c15ULL) ^ (tls ? tls->identity() : 0) ^
         (protocol == PeerProtocol::kHttp2 ? 0x2 : 0);
}

size_t Upstream::servers() const {
  size_t count = 0;
  for (const Level& level : levels) count += level.servers.size();
  return count;
}

bool Upstream::serves() const {
  return std::any_of(levels.begin(), levels.end(), [](const Level& level) {
    return std::any_of(level.servers.begin(), level.servers.end(),
                       [](const Server& each) { return each.weight > 0; });
  });
}

std::optional<RouteIndex> find_tcp(const std::vector<TcpEntrance>& all, uint16_t port,
                                   std::string_view name) {
  const TcpEntrance* best = nullptr;
  for (const TcpEntrance& each : all) {
    if (each.port != port) continue;
    const std::string_view pattern = each.sni;
    if (pattern == name) return each.route;
    const bool fits =
        pattern.starts_with("*.") && name.size() >= pattern.size() && name.ends_with(pattern.substr(1));
    if (fits && (!best || pattern.size() > best->sni.size())) best = &each;
  }
  return best ? std::optional(best->route) : std::nullopt;
}

bool is_shared_by_name(const std::vector<TcpEntrance>& all, uint16_t port) {
  return std::any_of(all.begin(), all.end(),
                     [&](const TcpEntrance& each) { return each.port == port && !each.sni.empty(); });
}

}  // namespace hancock::slardar
