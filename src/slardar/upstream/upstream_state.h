// UpstreamState: what one worker knows of one upstream: its peers in the
// snapshot's order, the balancer's position, what is in flight, counters. Kept
// across snapshots by Upstream::key. Worker's thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "slardar/balance/balancer.h"
#include "slardar/routing/labels.h"
#include "slardar/upstream/peer.h"

namespace hancock::slardar {

/// Servers that failed in this request, by Server::identity: they hold across snapshots.
class TriedServers {
 public:
  void add(uint64_t identity) { identities_.push_back(identity); }
  bool has(uint64_t identity) const;
  bool empty() const { return identities_.empty(); }

 private:
  std::vector<uint64_t> identities_;
};

struct UpstreamState {
  std::string key;
  std::string name;
  std::unique_ptr<Balancer> balancer;
  std::string balance;            // the balancer's name
  std::vector<Weighted> servers;  // by place
  std::vector<Peer*> peers;       // by place; none while it is not listed
  std::vector<CodeCounts> codes;  // answers, by place
  Labels labels;
  CodeCounts requests;       // what visitors got
  bool listed = false;       // in the present snapshot
  uint64_t in_flight = 0;    // tries
  uint64_t retrying = 0;     // of them, those that are retries
  bool any_resting = false;  // false: no peer is unreachable or ejected
  Duration slow_start{0};
  TimePoint warm_from{};  // every peer has its whole share from then on

  /// The place of the next server; nullopt when none is left. Unreachable and ejected ones rest while others
  /// are left; when less than half do well, who was ejected has his share again.
  std::optional<size_t> pick(const TriedServers& tried, TimePoint now);
  void note_answer(uint64_t identity, int code);
  void note_failure(uint64_t identity);
  void note_unreachable(Peer& peer, TimePoint now);
  /// A try on it came to nothing, or to an answer of 500 or above. True: it was ejected for that. Only Tasks
  /// are, at most half of the peers, and never the last one that does well.
  bool note_failed(Peer& peer, TimePoint now);
  std::optional<size_t> place_of(uint64_t identity) const;
  /// It may be picked from `since` on, for the first time or again: it has to become warm.
  void begin_slowly(Peer& peer, TimePoint since);
  /// A connection was made.
  void note_reached(Peer& peer, TimePoint now);
  Shares shares_at(TimePoint now);

  bool may_eject(TimePoint now) const;
  bool most_do_well(TimePoint now) const;

  /// A retry storm is stopped here: retries are at most a fifth of what is in flight, but three always may.
  bool may_retry() const { return retrying < 3 || retrying * 5 < in_flight; }

 private:
  std::vector<uint32_t> shares_;
};

}  // namespace hancock::slardar
