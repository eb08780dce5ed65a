// SnapshotBuilder: turns records into snapshots. What a change does not concern is not built again: it is the
// same object in the next snapshot, so that the work of a change is that of the Services it concerns.
//
// Places that several records claim are given out by Claims; who loses one keeps what nobody else claims and
// is listed in `refused`. An endpoint gets no traffic when it is draining, when an open barrier names its
// Task, or when its Node's record has a higher incarnation. Pure; control thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "slardar/confd/claims.h"
#include "slardar/confd/endpoint_index.h"
#include "slardar/confd/record_set.h"
#include "slardar/confd/slots.h"
#include "slardar/confd/upstream_builder.h"
#include "slardar/routing/snapshot.h"

namespace hancock::slardar {

class SnapshotBuilder {
 public:
  /// `records` is the same set each time; `changed` names every record of it that is another one than at the
  /// last build, at first all of them.
  Snapshot build(const RecordSet& records, const std::set<std::string>& changed, store::Revision revision,
                 uint64_t number);
  /// Tasks of that Site are preferred. Before the first build.
  void prefer_site(std::string site) { upstream_builder_.prefer_site(std::move(site)); }
  /// What servers' host names stand for. Outlives this.
  void set_hosts(const HostNames* hosts) { upstream_builder_.set_hosts(hosts); }
  /// That name stands for something else, from the next build on.
  void note_host(std::string name) { moved_hosts_.insert(std::move(name)); }
  /// The certificates that stand in files, from the next build on.
  void set_files(std::vector<CertificateTable::Entry> files);
  /// What hot code is new in the next builds is so since then.
  void set_time(WallTime now) { now_ = now; }

 private:
  using Keys = std::set<std::string>;
  /// Where that which comes of one record stands.
  struct Part {
    std::map<size_t, RouteIndex> routes;             // by entrance
    std::map<std::string, UpstreamIndex> upstreams;  // by Upstream::key
  };

  Keys concerned_by(const RecordSet& records, const std::set<std::string>& changed);
  void read_barriers(const RecordSet& records, Keys& concerned);
  void claim(const RecordSet& records, const std::string& key);
  void rebuild(const RecordSet& records, const std::string& key);
  void add_route(const RecordSet& records, const std::string& key, const registry::Route& record,
                 Part& before, Part& part);
  void add_named(const RecordSet& records, const std::string& key, const UpstreamRecord& record, Part& before,
                 Part& part);
  /// What is counted for the route's limits goes on from where it stood.
  std::shared_ptr<LimitState> limit_state(const Part& before, size_t entrance) const;
  /// The entrance holds one of its places at least; what it has lost stands in `lost`.
  bool holds_any(const std::string& key, size_t entrance, const registry::Entrance& wanted,
                 std::string& lost) const;
  void draw_tables(const RecordSet& records);
  void add_tcp(const EntrancePlace& place, const Claim& holder, RouteIndex route);
  void draw_certificates(const RecordSet& records);
  void draw_lua(const RecordSet& records);

  EndpointIndex endpoints_;
  UpstreamBuilder upstream_builder_;
  Claims claims_;
  Slots<Upstream> upstreams_;
  Slots<Route> routes_;
  std::map<std::string, Part> parts_;            // by record
  std::map<std::string, std::string> lost_;      // by record: which of its places belong to whom
  std::map<std::string, std::string> shadowed_;  // by record: names at a port that somebody has as a whole
  std::set<std::string> leaving_;                // Tasks that an open barrier names
  bool tables_old_ = true;
  std::shared_ptr<const RouteTable> http_;
  std::vector<TcpEntrance> tcp_;
  std::shared_ptr<const RoutesByName> route_by_upstream_;
  std::set<std::string> moved_hosts_;
  std::vector<CertificateTable::Entry> files_;
  bool certificates_old_ = true;
  std::shared_ptr<const CertificateTable> certificates_;
  WallTime now_{};
  bool lua_old_ = true;
  LuaCodePtr lua_ = std::make_shared<const LuaCode>();
};

/// The host names by which upstreams/ records call their servers.
std::set<std::string> host_names(const RecordSet& records);

/// The snapshot of these records, from nothing.
Snapshot build_snapshot(const RecordSet& records, store::Revision revision, uint64_t number);

}  // namespace hancock::slardar
