#include "slardar/confd/health_table.h"

namespace hancock::slardar {

UpstreamHealthPtr HealthTable::of(const std::string& key, const std::vector<Upstream::Level>& levels) {
  Known& known = known_[key];
  UpstreamHealth next{known.health->changes, {}, {}};
  ByServer servers;
  for (const Upstream::Level& level : levels) {
    std::vector<PeerHealthPtr>& list = next.levels.emplace_back();
    for (const Server& server : level.servers) {
      PeerHealthPtr& health = servers[server.identity()];
      if (!health) health = take(known, server);  // else it stands at another level too
      list.push_back(health);
      if (server.weight > 0) next.weighty.push_back(health);
    }
  }
  known.servers = std::move(servers);
  if (next.levels != known.health->levels || next.weighty != known.health->weighty)
    known.health = std::make_shared<const UpstreamHealth>(std::move(next));
  return known.health;
}

PeerHealthPtr HealthTable::take(const Known& known, const Server& server) {
  const auto found = known.servers.find(server.identity());
  if (found == known.servers.end())
    return std::make_shared<PeerHealth>(known.health->changes, server.passive);
  const PeerHealthPtr& before = found->second;
  return before->limits() == server.passive ? before : std::make_shared<PeerHealth>(*before, server.passive);
}

}  // namespace hancock::slardar
