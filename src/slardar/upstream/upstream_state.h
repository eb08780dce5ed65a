// UpstreamState: what one worker knows of one upstream: its peers in the snapshot's order, the balancers'
// positions, what is in flight, counters. Kept across snapshots by Upstream::key. Worker's thread only.
//
// Who may be picked: docs/checkups.md for an operator's upstream, docs/slardar.md for a Service. What the
// process knows of a server (PeerHealth) is looked at when it has changed, or a time is over; as long as all
// do well, a pick reads one atomic.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "slardar/lua/balance_scripts.h"
#include "slardar/routing/snapshot.h"
#include "slardar/upstream/answer_counts.h"
#include "slardar/upstream/peer.h"

namespace hancock::slardar {

/// Servers that failed in this request, by UpstreamState::servers' identity: they hold across snapshots.
class TriedServers {
 public:
  void add(uint64_t identity) { identities_.push_back(identity); }
  bool has(uint64_t identity) const;
  bool empty() const { return identities_.empty(); }

 private:
  std::vector<uint64_t> identities_;
};

/// What a request's next try wants of an upstream.
struct Wanted {
  const TriedServers& tried;
  TimePoint now;
  Random& random;
  uint64_t key = 0;                          // of hash balancers
  std::span<const std::string> levels = {};  // of named ones those that it uses, in this order; none: all
  BalanceScripts* scripts = nullptr;         // of this worker; nullptr: none
};

struct UpstreamState {
  struct Level {
    std::string name;
    size_t first = 0;  // place of its first server
    size_t count = 0;
    std::unique_ptr<Balancer> balancer;  // its places begin at 0
  };
  std::string key;
  std::string name;
  const BalancerKind* balance = nullptr;
  std::string balance_script;  // as Upstream's
  Rules rules = Rules::kCheckups;
  Spill spill = Spill::kNever;
  std::vector<Level> levels;
  std::vector<Weighted> servers;  // by place: of the first level, then of the next; each level's are others
  std::vector<Peer*> peers;       // by place; none while it is not listed
  std::vector<CodeCounts> codes;  // answers, by place
  UpstreamHealthPtr health;       // these two by place too
  std::vector<PeerHealth*> healths;
  std::vector<int> failures;  // codes of answers that are failures
  uint64_t list = 0;          // grows when places come to mean other servers
  Labels labels;
  CodeCounts requests;                    // what visitors got
  std::unique_ptr<AnswerCounts> answers;  // of one that is compared, since it is
  bool listed = false;                    // in the present snapshot
  uint64_t in_flight = 0;                 // tries
  uint64_t retrying = 0;                  // of them, those that are retries
  Duration slow_start{0};
  TimePoint warm_from{};  // every peer has its whole share from then on

  /// Becomes that one; servers that stay keep what is known of them. True: places mean other servers, and
  /// `peers` are to be put there anew.
  bool take(const Upstream& upstream);
  /// The balancers were made for this list: no position is kept from before.
  bool is_fresh() const { return fresh_; }

  /// The place of the next server; nullopt when none is left. With Rules::kService unreachable and ejected
  /// ones, and those that checks find bad, rest while others are left; when less than half do well, who is
  /// only judged to be bad has his share again.
  std::optional<size_t> pick(const Wanted& wanted);
  void began(size_t place);
  void ended(size_t place);
  bool is_failure(int code) const {
    return !failures.empty() && std::find(failures.begin(), failures.end(), code) != failures.end();
  }
  /// The head of an answer, or a stream's connection, came after so long.
  void note_head(size_t place, Duration took, TimePoint now);
  /// A try has failed, or come to an answer that is a failure. True: it is out for that (PassiveLimits).
  bool note_failure(size_t place, TimePoint now);
  /// A Service's: it rests.
  void note_unreachable(Peer& peer, TimePoint now);
  /// A try on it came to nothing, or to an answer of 500 or above. True: it was ejected for that. Only a
  /// Service's are, at most half of the peers, and never the last one that does well.
  bool note_failed(Peer& peer, TimePoint now);
  std::optional<size_t> place_of(uint64_t identity) const;
  /// It may be picked from `since` on, for the first time or again: it has to become warm.
  void begin_slowly(Peer& peer, TimePoint since);
  /// How much of its weight that one has now, of kWholeShare.
  uint32_t share_of(size_t place, TimePoint now) const;
  /// A connection was made.
  void note_reached(Peer& peer, TimePoint now);

  /// A retry storm is stopped here: retries are at most a fifth of what is in flight, but three always may.
  bool may_retry() const { return retrying < 3 || retrying * 5 < in_flight; }

 private:
  enum class Leave { kTried, kTriedAndResting };
  Level& level_of(size_t place);
  bool does_well(size_t place, TimePoint now) const;
  bool may_eject(TimePoint now) const;
  bool is_look_due(TimePoint now) const {
    return is_stale_ || now >= look_again_ || health->change() != seen_;
  }
  void look(TimePoint now);
  bool rests(size_t place, TimePoint now, bool verdicts_count);
  std::optional<size_t> pick_of_levels(const Wanted& wanted, Leave leave);
  std::optional<size_t> pick_of(Level& level, const Wanted& wanted, Leave leave);
  /// Of the level's places, what code of the operator's chooses; nullopt: nothing.
  std::optional<size_t> ask_script(const Level& level, const Wanted& wanted, const Choice& choice) const;
  size_t first_level(const Wanted& wanted);
  LeftOut left_out(const Level& level, const TriedServers& tried, Leave leave);
  Shares shares_at(TimePoint now);

  bool fresh_ = true;
  // What the last look found.
  bool is_stale_ = true;
  uint64_t seen_ = 0;
  TimePoint look_again_ = kForever;
  bool any_resting_ = false;
  std::vector<uint8_t> resting_;  // by place
  double first_level_share_ = 1;  // of Spill::kShare
  double spilled_ = 0;            // of a request, that is due to the next level

  std::vector<uint32_t> shares_;  // these two are what spans of a Choice point to
  std::vector<uint8_t> left_out_;
};

}  // namespace hancock::slardar
