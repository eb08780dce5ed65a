// HealthTable: the health of every server that some upstream lists, by the upstream's key: what makes it
// survive swaps. Owned by the UpstreamBuilder; control thread.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "slardar/routing/snapshot.h"

namespace hancock::slardar {

class HealthTable {
 public:
  /// What is known of the servers of these levels goes on, whatever else has changed; the same object as
  /// before while they are the same in the same places.
  UpstreamHealthPtr of(const std::string& key, const std::vector<Upstream::Level>& levels);
  /// That upstream has gone.
  void forget(const std::string& key) { known_.erase(key); }

 private:
  using ByServer = std::map<uint64_t, PeerHealthPtr>;  // by Server::identity
  struct Known {
    UpstreamHealthPtr health = std::make_shared<const UpstreamHealth>();
    ByServer servers;
  };
  static PeerHealthPtr take(const Known& known, const Server& server);
  std::unordered_map<std::string, Known> known_;
};

}  // namespace hancock::slardar
