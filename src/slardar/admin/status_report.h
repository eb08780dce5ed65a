// StatusReport: what the status page says of the upstreams, for programs (status.cc) and for people
// (status_page.cc): levels and servers in the snapshot's order, with all that the checks and the workers know
// of them. Values only; status_report() is pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "slardar/admin/gateway_view.h"
#include "slardar/upstream/peer_health.h"

namespace hancock::slardar {

struct ServerReport {
  std::string host;
  uint16_t port = 0;
  std::string task;  // "": an operator named it
  uint32_t weight = 1;
  PassiveLimits passive;
  bool is_draining = false;
  CheckReport check;  // of one that is not checked: since the gateway's start

  // What requests have come to, over all workers.
  Duration out_for{0};           // by PassiveLimits; 0: it is not out
  uint32_t recent_failures = 0;  // within fail_timeout
  size_t resting_in = 0;         // workers that give it a rest: it cannot be reached, or is ejected
  uint32_t share_percent = 100;  // of its weight, by slow start: the least of any worker
  uint64_t in_flight = 0;
  uint64_t idle = 0;  // connections that wait
  uint64_t tries = 0;
  uint64_t failures = 0;
  std::string last_failure;
  std::optional<double> latency_ms;  // nullopt: nothing is known
};

/// How bad it is, the worst last.
enum class Condition { kGood, kUnchecked, kLeaving, kUnstable, kBad };
Condition condition_of(const ServerReport& server);
/// "fine", "resting", "out": what its failed requests came to.
std::string_view passive_state_of(const ServerReport& server);

struct LevelReport {
  std::string name;  // "" unless the levels are named
  std::vector<ServerReport> servers;
};

struct UpstreamReport {
  std::string name;
  std::string balance;
  bool named = false;
  std::vector<LevelReport> levels;  // at least one
  std::vector<Unresolved> unresolved;

  size_t servers() const;
  /// Of them, those that may be picked.
  size_t usable() const;
};
/// The worst of its servers; at least kUnstable when host names cannot be found, kBad when nobody may be
/// picked.
Condition condition_of(const UpstreamReport& upstream);

std::vector<UpstreamReport> status_report(const GatewayView& view);

/// "YYYY-MM-DD HH:MM:SS", local: what callers of the original's status page read.
std::string local_time(WallTime time);

}  // namespace hancock::slardar
