// Traffic: a worker's present snapshot and everything that is counted against it.
//
// The one place where peers are picked. A pick is counted on its peer in the same step in which it is made,
// so from the moment apply() returns, no pick from an older snapshot is without a counted connection: a
// worker has applied a position as soon as it has swapped (docs/registry.md, the barrier). Worker's thread
// only; it outlives every Pick and Pin.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/random.h"
#include "slardar/routing/snapshot.h"
#include "slardar/upstream/upstream_state.h"

namespace hancock::slardar {

class Traffic;

/// By Service: "tenant/app/service".
using ServiceAnswers = std::map<std::string, registry::AnswersByVersion>;

/// A snapshot as one worker holds it: counted without atomics.
class LocalSnapshot {
 public:
  explicit LocalSnapshot(SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {}

 private:
  friend class Pin;
  friend class Traffic;
  SnapshotPtr snapshot_;
  size_t pins_ = 0;
};

/// Keeps a LocalSnapshot: what a request holds for its life.
class Pin {
 public:
  Pin() = default;
  explicit Pin(LocalSnapshot* snapshot) : snapshot_(snapshot) {
    if (snapshot_) ++snapshot_->pins_;
  }
  Pin(const Pin& other) : Pin(other.snapshot_) {}
  Pin& operator=(Pin other) noexcept {
    std::swap(snapshot_, other.snapshot_);
    return *this;
  }
  ~Pin() {
    if (snapshot_ && --snapshot_->pins_ == 0) delete snapshot_;
  }
  explicit operator bool() const { return snapshot_ != nullptr; }
  const Snapshot& operator*() const { return *snapshot_->snapshot_; }
  const Snapshot* operator->() const { return snapshot_->snapshot_.get(); }
  friend bool operator==(const Pin& a, const Pin& b) { return a.snapshot_ == b.snapshot_; }

 private:
  friend class Traffic;
  LocalSnapshot* snapshot_ = nullptr;
};

/// Finds a request's route in a snapshot; asked again when its upstream has gone.
using RouteFinder = std::function<std::optional<RouteIndex>(const Snapshot&)>;

/// A request's route and Version, pinned for its life.
struct PinnedRoute {
  Pin snapshot;
  const Route* route = nullptr;           // in snapshot, or in own
  size_t share = 0;                       // in route->shares, unless those are empty
  std::optional<ClientHash> client = {};  // of a sticky route: what the Version follows from
  uint32_t version = 0;                   // that a script wants, if it has a share; 0: none
  uint64_t key = 0;                       // of a hash balancer: what the server follows from
  std::vector<std::string> levels = {};   // of named ones those that are used, in this order; none: all
  std::unique_ptr<const Route> own = nullptr;

  /// Lets go of the snapshot and keeps the route alone: for what may last long.
  /// Nothing is picked with it afterwards.
  void narrow() {
    if (!snapshot) return;
    own = std::make_unique<const Route>(*route);
    route = own.get();
    snapshot = Pin();
  }
};

/// One try: counted on peer and upstream from its begin to its destruction.
class Pick {
 public:
  enum class Kind { kFirst, kRetry };
  Pick() = default;
  Pick(Traffic& traffic, UpstreamState& upstream, size_t place, Kind kind);
  Pick(Pick&& other) noexcept { swap(other); }
  Pick& operator=(Pick&& other) noexcept {
    Pick gone(std::move(other));
    swap(gone);
    return *this;
  }
  ~Pick();

  explicit operator bool() const { return peer_ != nullptr; }
  Peer& peer() const { return *peer_; }
  UpstreamState& upstream() const { return *upstream_; }
  uint64_t identity() const { return identity_; }

  /// The head of an answer came, or of a stream the connection, so long after the try began.
  void note_head(Duration took, TimePoint now) const;
  /// The head of an answer below 500 came so long after the try began: Versions are compared by it.
  void note_served(Duration took) const;
  /// What the visitor got.
  void note_answer(int code) const;
  /// It came to nothing, or to an answer that is a failure. True: the server is out for that.
  bool note_failure(TimePoint now) const;

 private:
  void swap(Pick& other);
  /// Where its server stands now; nullopt: it is listed no more.
  std::optional<size_t> place() const;
  Traffic* traffic_ = nullptr;
  UpstreamState* upstream_ = nullptr;
  Peer* peer_ = nullptr;
  uint64_t identity_ = 0;
  size_t place_ = 0;  // in that list
  uint64_t list_ = 0;
  Kind kind_ = Kind::kFirst;
};

class Traffic {
 public:
  /// `worker` shifts where balancers begin, so that workers do not all start with the same server.
  Traffic(size_t worker, uint64_t seed);
  ~Traffic();

  /// Swaps; peers that may not be picked any more lose their idle connections. The work is that of the
  /// upstreams that are other ones than in the snapshot before.
  void apply(SnapshotPtr snapshot, TimePoint now);
  const Pin& present() const { return present_; }

  /// What its server's choice goes by there; kNothing while nobody serves.
  static HashBy hash_by(const PinnedRoute& pinned);

  /// Pins the present snapshot and chooses the Version; nullopt: nothing there serves this.
  /// It is `version` if that has a share and somebody who serves, else it follows from `client`, else from
  /// chance.
  std::optional<PinnedRoute> pin(std::optional<RouteIndex> route, std::optional<ClientHash> client = {},
                                 uint32_t version = 0);

  /// The next try's peer, always from the present snapshot. When the pinned Version has no server left there,
  /// the present route of the same record takes over (`find`). Empty when there is nobody.
  Pick pick(PinnedRoute& pinned, const TriedServers& tried, Pick::Kind kind, const RouteFinder& find,
            TimePoint now);

  /// What is in flight for each of the present snapshot's leaving Tasks; those without any stand with 0.
  std::map<std::string, uint64_t> leaving_in_flight() const;
  /// Called after the count of a leaving Task went down, or up.
  void on_leaving_change(std::function<void()> callback) { leaving_changed_ = std::move(callback); }

  /// Closes idle connections that have waited long enough, and forgets Versions
  /// that have been gone for kPastKept.
  void prune(TimePoint now);
  /// All to peers, at the end: no try is there any more.
  void close_connections();
  Random& random() { return random_; }
  const BalanceScripts& balance_scripts() const { return balance_scripts_; }

  /// A request that no upstream answered.
  void count_request(const Labels& labels, int code) { past_requests_[labels].codes.add(code); }
  /// All that were counted, also on upstreams that are gone.
  std::map<Labels, CodeCounts> requests() const;

  /// Of Services whose visitors several Versions share, since they do.
  ServiceAnswers answers() const;
  /// The gateway answers a request on that route in its servers' place: 500 or above.
  void note_refused(const PinnedRoute& pinned);

  template <class Visit>
  void each_upstream(Visit visit) const {
    for (const auto& [name, state] : upstreams_) visit(*state);
  }
  template <class Visit>
  void each_peer(Visit visit) const {
    for (const auto& [identity, peer] : peers_) visit(*peer);
  }

 private:
  friend class Pick;
  static constexpr Duration kPastKept = 1h;
  struct Past {
    CodeCounts codes;
    TimePoint since{};  // when its Version was first seen to be gone; 0: it is there
  };
  void fold_past(TimePoint now);
  size_t choose_share(const Snapshot& snapshot, const PinnedRoute& pinned);
  UpstreamState* state_of(const PinnedRoute& pinned);
  void tie(const Upstream& upstream, UpstreamState& state, TimePoint now);
  Pick pick_at(UpstreamState* state, const PinnedRoute& pinned, const TriedServers& tried, Pick::Kind kind,
               TimePoint now);
  Peer& peer_of(const Server& server);
  void untie(UpstreamState& state);
  void let_go(Peer& peer);
  void forget_if_unused(UpstreamState& state);
  void forget_if_unused(Peer& peer);
  void changed(const Peer& peer);

  size_t worker_;
  SeededRandom random_;
  BalanceScripts balance_scripts_{random_};
  Pin present_;
  std::vector<UpstreamState*> states_;  // by UpstreamIndex of the present snapshot
  std::unordered_map<std::string, std::unique_ptr<UpstreamState>> upstreams_;
  std::unordered_multimap<uint64_t, std::unique_ptr<Peer>> peers_;  // by Server::identity
  std::unordered_multimap<std::string, const Peer*> by_task_;       // of them, those of Tasks
  std::map<Labels, Past> past_requests_;
  TimePoint fold_at_{};
  std::function<void()> leaving_changed_;
};

}  // namespace hancock::slardar
