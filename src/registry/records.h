// The Registry's records, as gateways read them and the leader and Agents write them: JSON under a prefix in
// etcd.
//
// One struct a record, with exactly the fields that its readers use. decode() refuses a record that names
// something wrong (kInvalid, with the field) and ignores members that it does not know; encode() over the
// text that was read before keeps those. Values only; any thread. The contract is docs/registry.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "registry/answers.h"
#include "store/store.h"

namespace hancock::registry {

/// Which state of the store a gateway serves from; compared epoch first.
struct Position {
  int64_t epoch = 0;
  store::Revision revision;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// One entrance of a Service: HTTP by hosts and paths, or TCP by port.
struct Entrance {
  std::vector<std::string> hosts;       // "shop.test", "*.shop.test", "*"; empty for TCP
  std::vector<std::string> paths{"/"};  // prefixes
  uint16_t tcp = 0;                     // listening port on every gateway; 0 = HTTP
  std::string port;                     // the Service's port name that peers are reached on
  std::string balance = "rr";
  struct Timeouts {
    int64_t connect_ms = 1'000;
    int64_t response_head_ms = 60'000;
    int64_t idle_ms = 60'000;
    int64_t total_ms = 0;  // of a whole request; 0: none
    friend bool operator==(const Timeouts&, const Timeouts&) = default;
  } timeouts;
  struct Retry {
    uint32_t tries = 2;
    bool unsafe = false;
    friend bool operator==(const Retry&, const Retry&) = default;
  } retry;
  std::string sticky;  // "cookie:NAME" or "header:NAME"; "": every request is chosen for by itself
  bool redirect_https = false;
  struct Limits {  // 0: none
    uint32_t in_flight = 0;
    uint32_t rate = 0;   // a second
    uint32_t burst = 0;  // 0: as many as in one second
    uint64_t body = 0;   // bytes of a request's body
    friend bool operator==(const Limits&, const Limits&) = default;
  } limits;
  struct FieldEdits {
    std::map<std::string, std::string> set;
    std::vector<std::string> remove;
    friend bool operator==(const FieldEdits&, const FieldEdits&) = default;
  };
  FieldEdits request_headers;    // of what goes to the peer
  FieldEdits response_headers;   // of what goes to the visitor
  std::string protocol;          // to the peers: "http2", "grpc"; "": HTTP/1.1
  std::string proxy_protocol;    // "v1", "v2"; "": none is sent to peers
  std::string tls;               // the tls/ record whose certificate its hosts show; "": by name
  std::vector<std::string> sni;  // TCP: TLS for these names alone, passed through; empty: the whole port
  int64_t slow_start_ms = 0;  // a peer that becomes usable gets a growing share for so long; 0: all at once
  friend bool operator==(const Entrance&, const Entrance&) = default;
};

/// How gateways check a Service's Tasks.
struct Health {
  bool enable = true;
  std::string typ = "general";  // or "http", "mysql", "redis", "grpc"
  int64_t timeout_ms = 5'000;
  int64_t interval_ms = 2'000;        // from the end of a check to the next one
  uint32_t sensibility = 3;           // failures in a row
  uint32_t rise = 2;                  // good ones in a row that heal
  bool protect = true;                // when all fail the first one stays in use
  std::string query;                  // http: what is sent; "": GET /
  std::map<uint32_t, bool> statuses;  // http: false: a failure
  std::string name;                   // mysql: of the database; grpc: of the service
  std::string user;
  std::string pass;
  friend bool operator==(const Health&, const Health&) = default;
};

/// routes/<tenant>/<app>/<service>, written by the leader.
struct Route {
  std::string tenant;
  std::string app;
  std::string service;
  std::vector<Entrance> entrances;
  std::map<uint32_t, uint32_t> split;  // Version -> weight; empty: nobody serves yet
  int64_t generation = 0;              // grows with each change; the older one wins a contested entrance
  Health health;
  friend bool operator==(const Route&, const Route&) = default;
};

/// nodes/<node>, written by the leader: the fence of that Node's Agent.
struct NodeRecord {
  std::string node;
  std::string site;
  int64_t incarnation = 0;
  friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

enum class EndpointState { kReady, kDraining };

/// endpoints/<node>/<task>, written by the Node's Agent in a transaction that compares nodes/<node>.
struct Endpoint {
  std::string task;
  std::string node;
  std::string site;
  std::string tenant;
  std::string app;
  std::string service;
  uint32_t version = 0;
  std::string address;                    // IP of the Node
  std::map<std::string, uint16_t> ports;  // the Service's port name -> host port
  uint32_t weight = 1;
  EndpointState state = EndpointState::kReady;
  int64_t incarnation = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// barriers/<id>, written by the leader: Tasks on their way out.
struct Barrier {
  std::string id;
  std::vector<std::string> tasks;
  Position after;  // {epoch, 0}: the record's own mod_revision
  friend bool operator==(const Barrier&, const Barrier&) = default;
};

/// beat, written by the leader once a second: what tells a silent watch from a quiet Registry.
struct Beat {
  int64_t epoch = 0;  // of the store's state: grows when it was restored
  int64_t count = 0;
  friend bool operator==(const Beat&, const Beat&) = default;
};

/// gateways/<id>, put by each gateway under its lease.
struct GatewayRecord {
  std::string id;
  std::string address;
  std::string site;
  std::string version;
  Position applied;
  std::map<std::string, std::string> refused;  // key -> why
  uint64_t refused_more = 0;                   // others, which are not listed
  std::map<std::string, uint64_t> in_flight;   // Task named by a barrier -> tries and streams on it
  // "tenant/app/service" -> what was counted since several of its Versions share the visitors.
  std::map<std::string, AnswersByVersion> answers;
  friend bool operator==(const GatewayRecord&, const GatewayRecord&) = default;
};

/// `before` is the text that the record had, "" for a new one: members that we do not know are kept.
std::string encode(const Route& record, std::string_view before = {});
std::string encode(const NodeRecord& record, std::string_view before = {});
std::string encode(const Endpoint& record, std::string_view before = {});
std::string encode(const Barrier& record, std::string_view before = {});
std::string encode(const Beat& record, std::string_view before = {});
std::string encode(const GatewayRecord& record, std::string_view before = {});

/// `T` is one of the records above. Errors: kInvalid with `field`.
template <class T>
Result<T> decode(std::string_view text);
template <>
Result<Route> decode(std::string_view text);
template <>
Result<NodeRecord> decode(std::string_view text);
template <>
Result<Endpoint> decode(std::string_view text);
template <>
Result<Barrier> decode(std::string_view text);
template <>
Result<Beat> decode(std::string_view text);
template <>
Result<GatewayRecord> decode(std::string_view text);

}  // namespace hancock::registry
