// UpstreamBuilder: makes the upstreams of snapshots: of a Service's endpoints, and of operators' records.
//
// What outlives a snapshot is kept here: the servers' health, and by whose word TLS to them is believed.
// Pure but for that; owned by the SnapshotBuilder; control thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "slardar/confd/endpoint_index.h"
#include "slardar/confd/health_table.h"
#include "slardar/confd/host_names.h"

namespace hancock::slardar {

class UpstreamBuilder {
 public:
  /// Tasks of that Site come first, as long as enough of them do well; "": of none. Before the first build.
  void prefer_site(std::string site) { site_ = std::move(site); }

  static std::string key_of(const registry::Route& record, const registry::Entrance& entrance,
                            uint32_t version);
  /// `leaving`: Tasks that an open barrier names.
  Upstream of_service(const RecordSet& records, const EndpointIndex::ByKey& endpoints,
                      const std::set<std::string>& leaving, const registry::Route& record,
                      const registry::Entrance& entrance, uint32_t version);
  Upstream of_record(const std::string& key, std::string name, const UpstreamRecord& record);
  /// What servers' host names stand for. Outlives this; nullptr: nothing.
  void set_hosts(const HostNames* hosts) { hosts_ = hosts; }
  /// No snapshot has it any more.
  void forget(const std::string& key) { health_.forget(key); }

 private:
  std::vector<io::Address> addresses_of(const UpstreamRecord::Server& server, Upstream& upstream) const;
  PeerTlsPtr peer_tls(const UpstreamRecord& record, const std::string& upstream);

  std::string site_;
  const HostNames* hosts_ = nullptr;
  HealthTable health_;
  std::map<std::tuple<UpstreamRecord::Tls, std::string, PeerProtocol>, std::weak_ptr<const PeerTls>>
      peer_tls_;
};

}  // namespace hancock::slardar
