// Snapshot: everything that a request is routed by, at one position of the Registry. Immutable once built.
//
// Built by the control thread, handed to each worker as shared_ptr<const Snapshot>, read there without locks;
// what has not changed is shared with the snapshots before it.
// What changes with traffic (pools, counters, balancers' positions) lives in the workers, keyed by address.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/address.h"
#include "registry/records.h"
#include "slardar/balance/balancers.h"
#include "slardar/check/check_options.h"
#include "slardar/confd/record_set.h"
#include "slardar/lua/lua_code.h"
#include "slardar/routing/header_edits.h"
#include "slardar/routing/labels.h"
#include "slardar/routing/limits.h"
#include "slardar/routing/route_table.h"
#include "slardar/routing/sticky.h"
#include "slardar/tcp/proxy_protocol.h"
#include "slardar/tls/certificate_table.h"
#include "slardar/tls/peer_tls.h"
#include "slardar/upstream/peer_health.h"
#include "slardar/upstream/peer_protocol.h"

namespace hancock::slardar {

/// A place in Snapshot::upstreams.
using UpstreamIndex = size_t;

/// One address of an upstream.
struct Server {
  io::Address address;
  std::string task;  // the Task behind it; "" for a server that an operator named
  uint32_t weight = 1;
  PeerTlsPtr tls = nullptr;  // nullptr: in plain
  PeerProtocol protocol = PeerProtocol::kHttp1;
  PassiveLimits passive{};
  uint64_t identity() const;
  friend bool operator==(const Server&, const Server&) = default;
};

/// By whose rules an upstream's servers are judged, beside the active checks.
enum class Rules {
  kService,   // of Hancock: who cannot be reached rests, who answers badly is ejected (docs/slardar.md)
  kCheckups,  // an operator's: PassiveLimits alone (docs/checkups.md)
};

/// When the next level is asked.
enum class Spill {
  kNever,  // once nobody is left at the one before
  kShare,  // also in part, once too few do well at the first one
};

/// A server whose host name cannot be resolved now; it may still be there by the addresses it had.
struct Unresolved {
  std::string host;
  uint16_t port = 0;
  std::string why;
  bool is_pending = false;  // there was no answer yet
  friend bool operator==(const Unresolved&, const Unresolved&) = default;
};

struct Upstream {
  struct Level {
    std::string name;             // "" unless the levels are named
    std::vector<Server> servers;  // may be picked
    friend bool operator==(const Level&, const Level&) = default;
  };
  std::string name;  // for people: "tenant/app/service@version", ":port" behind
                     // it unless it is the first one
  std::string key;   // what a worker's state is kept by: always with its port, so
                     // that no other port inherits it
  Labels labels;     // what its requests are counted under
  const BalancerKind* balance = nullptr;
  std::string balance_script;               // NAME of the code that is asked first, in lower case; "": none
  std::chrono::milliseconds slow_start{0};  // 0: none
  Rules rules = Rules::kCheckups;
  Spill spill = Spill::kNever;
  bool is_compared = false;   // its Service's visitors are shared with another Version: answers are counted
  bool named = false;         // the levels have names, and stand in their order
  std::vector<Level> levels;  // tried in this order
  std::vector<Unresolved> unresolved;
  std::vector<Server> draining;  // get no new try; shown on the status page
  CheckOptions check;
  UpstreamHealthPtr health;  // in a snapshot there always is one

  size_t servers() const;
  /// Somebody may be picked at all.
  bool serves() const;
  friend bool operator==(const Upstream&, const Upstream&) = default;
};
using UpstreamPtr = std::shared_ptr<const Upstream>;

/// One entrance of a Service, or an upstream's own name: what a request pins for its life.
struct Route {
  struct Share {
    uint32_t version = 0;
    uint32_t weight = 1;
    UpstreamIndex upstream = 0;
    friend bool operator==(const Share&, const Share&) = default;
  };
  std::string source;  // key of the record it comes from
  std::string tenant;  // these three are "" for an operator's upstream
  std::string app;
  std::string service;
  std::vector<Share> shares;  // weights > 0; empty: nobody serves yet
  std::chrono::milliseconds connect{1'000};
  std::chrono::milliseconds response_head{60'000};
  std::chrono::milliseconds idle{60'000};
  std::chrono::milliseconds tcp_idle{3'600'000};
  std::chrono::milliseconds total{0};  // of a whole request; 0: none
  std::string tls;                     // the tls/ record whose certificate its hosts show; "": by name
  uint32_t tries = 2;
  std::chrono::milliseconds try_timeout{0};  // after so long in tries no other is begun; 0: none
  bool retry_unsafe = false;
  Sticky sticky;
  bool redirect_https = false;
  ProxyProtocol proxy_protocol = ProxyProtocol::kNone;  // to peers
  Limits limits;
  uint64_t body_max = 0;                    // bytes of a request's body; 0: none
  std::shared_ptr<LimitState> limit_state;  // when there are limits; the same as long as the place is
  HeaderEdits request_edits;
  HeaderEdits response_edits;
  friend bool operator==(const Route&, const Route&) = default;
};
using RoutePtr = std::shared_ptr<const Route>;

/// An operator's upstream by its name.
using RoutesByName = std::unordered_map<std::string, RouteIndex>;

struct TcpEntrance {
  uint16_t port = 0;
  std::string sni;  // TLS for this name ("a.test", "*.a.test") alone, passed through; "": the whole port
  RouteIndex route = 0;
};

/// The route of a port; where names share it, that of the name, exact or by its longest wildcard.
std::optional<RouteIndex> find_tcp(const std::vector<TcpEntrance>& all, uint16_t port, std::string_view name);
/// Names share this port.
bool is_shared_by_name(const std::vector<TcpEntrance>& all, uint16_t port);

/// Upstreams and routes keep their places, and are the same objects, from one snapshot to the next while
/// nothing about them changes; nullptr: nobody has that place.
struct Snapshot {
  uint64_t number = 0;  // 1 for the first one of this process, then one more with each
  registry::Position position;
  std::vector<UpstreamPtr> upstreams;
  std::vector<RoutePtr> routes;
  std::shared_ptr<const RouteTable> http = std::make_shared<const RouteTable>();
  std::vector<TcpEntrance> tcp;  // by port and name
  std::shared_ptr<const RoutesByName> route_by_upstream = std::make_shared<const RoutesByName>();
  std::shared_ptr<const CertificateTable> certificates = std::make_shared<const CertificateTable>();
  LuaCodePtr lua = std::make_shared<const LuaCode>();
  std::set<std::string> leaving;  // Tasks that an open barrier names
  bool barrier_open = false;
  Refusals refused;  // of the whole Registry, by key
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace hancock::slardar
