// Snapshot: everything that a request is routed by, at one position of the Registry. Immutable once built.
//
// Built by the control thread, handed to each worker as shared_ptr<const Snapshot>, read there without locks.
// What changes with traffic (pools, counters, balancers' positions) lives in the workers, keyed by address.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/address.h"
#include "registry/records.h"
#include "slardar/balancers.h"
#include "slardar/labels.h"
#include "slardar/record_set.h"
#include "slardar/route_table.h"

namespace hancock::slardar {

/// A place in Snapshot::upstreams.
using UpstreamIndex = size_t;

/// One address of an upstream.
struct Server {
  io::Address address;
  std::string task;  // the Task behind it; "" for a server that an operator named
  uint32_t weight = 1;
  uint64_t identity() const;
};

struct Upstream {
  std::string name;  // for people: "tenant/app/service@version", ":port" behind
                     // it unless it is the first one
  std::string key;   // what a worker's state is kept by: always with its port, so
                     // that no other port inherits it
  Labels labels;     // what its requests are counted under
  const BalancerKind* balance = nullptr;
  std::vector<Server> servers;   // may be picked
  std::vector<Server> draining;  // get no new try; shown on the status page
};

/// One entrance of a Service, or an upstream's own name: what a request pins for its life.
struct Route {
  struct Share {
    uint32_t version = 0;
    uint32_t weight = 1;
    UpstreamIndex upstream = 0;
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
  uint32_t tries = 2;
  bool retry_unsafe = false;
};

struct TcpEntrance {
  uint16_t port = 0;
  RouteIndex route = 0;
};

struct Snapshot {
  uint64_t number = 0;  // 1 for the first one of this process, then one more with each
  registry::Position position;
  std::vector<Upstream> upstreams;
  std::unordered_map<std::string, UpstreamIndex> upstream_by_name;
  std::vector<Route> routes;
  RouteTable http;
  std::vector<TcpEntrance> tcp;                                   // by port
  std::unordered_map<std::string, RouteIndex> route_by_upstream;  // an operator's upstream by its name
  std::set<std::string> leaving;                                  // Tasks that an open barrier names
  bool barrier_open = false;
  Refusals refused;  // of the whole Registry, by key

  /// nullptr when there is none of that name.
  const Upstream* find_upstream(const std::string& name) const;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace hancock::slardar
