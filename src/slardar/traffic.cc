#include "slardar/traffic.h"

#include <algorithm>

namespace hancock::slardar {

Pick::Pick(Traffic& traffic, UpstreamState& upstream, size_t place, Kind kind)
    : traffic_(&traffic),
      upstream_(&upstream),
      peer_(upstream.peers[place]),
      identity_(upstream.servers[place].identity),
      kind_(kind) {
  ++upstream_->in_flight;
  if (kind_ == Kind::kRetry) ++upstream_->retrying;
  ++peer_->in_flight;
  ++peer_->tries;
  traffic_->changed(*peer_);
}

Pick::~Pick() {
  if (!peer_) return;
  --upstream_->in_flight;
  if (kind_ == Kind::kRetry) --upstream_->retrying;
  --peer_->in_flight;
  traffic_->changed(*peer_);
  const bool unused =
      (!peer_->listed && peer_->in_flight == 0) || (!upstream_->listed && upstream_->in_flight == 0);
  if (unused) traffic_->forget_unused();
}

void Pick::swap(Pick& other) {
  std::swap(traffic_, other.traffic_);
  std::swap(upstream_, other.upstream_);
  std::swap(peer_, other.peer_);
  std::swap(identity_, other.identity_);
  std::swap(kind_, other.kind_);
}

Traffic::Traffic(size_t worker, uint64_t seed)
    : worker_(worker), random_(seed), present_(new LocalSnapshot(std::make_shared<const Snapshot>())) {}
Traffic::~Traffic() = default;

void Traffic::apply(SnapshotPtr snapshot) {
  auto* next = new LocalSnapshot(std::move(snapshot));
  present_ = Pin(next);
  for (auto& [identity, peer] : peers_) peer->listed = false;
  for (auto& [key, state] : upstreams_) state->was_listed = std::exchange(state->listed, false);
  for (const Upstream& upstream : next->snapshot_->upstreams) {
    std::unique_ptr<UpstreamState>& state = upstreams_[upstream.key];
    if (!state) state = std::make_unique<UpstreamState>();
    tie(upstream, *state);
    next->states_.push_back(state.get());
  }
  for (auto& [identity, peer] : peers_) {
    if (!peer->listed) peer->idle.clear();
  }
  forget_unused();
}

// Most upstreams are not touched by a change: nothing is to be done for those.
static bool same_servers(const Upstream& upstream, const UpstreamState& state) {
  return std::equal(upstream.servers.begin(), upstream.servers.end(), state.servers.begin(),
                    state.servers.end(), [](const Server& server, const Weighted& known) {
                      return server.weight == known.weight && server.identity() == known.identity;
                    });
}

void Traffic::tie(const Upstream& upstream, UpstreamState& state) {
  const bool fresh = state.balance != upstream.balance->name;
  if (fresh) {
    state.name = upstream.name;
    state.balance = upstream.balance->name;
    state.balancer = upstream.balance->make();
  }
  state.labels = upstream.labels;
  state.listed = true;
  if (!fresh && state.was_listed && same_servers(upstream, state)) {
    for (Peer* peer : state.peers) peer->listed = true;
    return;
  }
  std::unordered_map<uint64_t, size_t> places_before;
  for (size_t place = 0; place < state.servers.size(); ++place)
    places_before[state.servers[place].identity] = place;
  std::vector<Weighted> servers;
  std::vector<CodeCounts> codes;
  state.peers.clear();
  for (const Server& server : upstream.servers) {
    Peer& peer = peer_of(server);
    peer.listed = true;
    state.peers.push_back(&peer);
    servers.push_back({server.identity(), server.weight});
    const auto before = places_before.find(servers.back().identity);
    codes.push_back(before != places_before.end() ? std::move(state.codes[before->second]) : CodeCounts());
  }
  state.servers = std::move(servers);
  state.codes = std::move(codes);
  state.balancer->update(state.servers);
  state.any_unreachable = true;  // who knows; the next pick looks
  for (size_t i = 0; fresh && i < worker_; ++i) state.balancer->pick({});
}

Peer& Traffic::peer_of(const Server& server) {
  const auto [begin, end] = peers_.equal_range(server.identity());
  for (auto it = begin; it != end; ++it) {
    if (it->second->address == server.address && it->second->task == server.task) return *it->second;
  }
  auto made = std::make_unique<Peer>(server.address, server.task);
  return *peers_.emplace(server.identity(), std::move(made))->second;
}

void Traffic::forget_unused() {
  std::erase_if(upstreams_, [this](const auto& each) {
    const UpstreamState& state = *each.second;
    if (state.listed || state.in_flight > 0) return false;
    past_requests_[state.labels].codes.merge(state.requests);
    return true;
  });
  std::erase_if(peers_, [](const auto& each) { return !each.second->listed && each.second->in_flight == 0; });
}

void Traffic::changed(const Peer& peer) {
  if (!leaving_changed_ || peer.task.empty()) return;
  const Snapshot& snapshot = *present_;
  if (snapshot.barrier_open && snapshot.leaving.contains(peer.task)) leaving_changed_();
}

std::map<std::string, uint64_t> Traffic::leaving_in_flight() const {
  std::map<std::string, uint64_t> counts;
  for (const std::string& task : present_->leaving) counts[task] = 0;
  if (counts.empty()) return counts;
  for (const auto& [identity, peer] : peers_) {
    const auto counted = counts.find(peer->task);
    if (counted != counts.end()) counted->second += peer->in_flight;
  }
  return counts;
}

std::map<Labels, CodeCounts> Traffic::requests() const {
  std::map<Labels, CodeCounts> all;
  for (const auto& [labels, past] : past_requests_) all[labels] = past.codes;
  for (const auto& [name, state] : upstreams_) all[state->labels].merge(state->requests);
  return all;
}

void Traffic::prune(TimePoint now) {
  for (auto& [identity, peer] : peers_) peer->idle.prune(now);
  if (now >= fold_at_) fold_past(now);
}

// The Versions of a Service are many over the years: those long gone are
// counted together, without a version.
void Traffic::fold_past(TimePoint now) {
  fold_at_ = now + 1min;
  std::set<Labels> present;
  for (const auto& [key, state] : upstreams_) present.insert(state->labels);
  std::map<Labels, Past> kept;
  for (auto& [labels, past] : past_requests_) {
    const bool gone = !labels.version.empty() && !present.contains(labels);
    if (!gone) past.since = {};
    if (gone && past.since == TimePoint()) past.since = now;
    if (gone && now - past.since >= kPastKept) {
      kept[{labels.tenant, labels.app, labels.service, ""}].codes.merge(past.codes);
    } else {
      kept[labels].codes.merge(past.codes);
      kept[labels].since = past.since;
    }
  }
  past_requests_ = std::move(kept);
}

size_t Traffic::choose_share(const Snapshot& snapshot, const Route& route) {
  if (route.shares.size() < 2) return 0;
  // Only among Versions that have somebody to answer.
  const auto weight_of = [&](const Route::Share& share) -> uint64_t {
    const auto& servers = snapshot.upstreams[share.upstream].servers;
    const bool any =
        std::any_of(servers.begin(), servers.end(), [](const Server& each) { return each.weight > 0; });
    return any ? share.weight : 0;
  };
  uint64_t sum = 0;
  for (const Route::Share& share : route.shares) sum += weight_of(share);
  if (sum == 0) return 0;
  uint64_t chosen = random_.below(sum);
  for (size_t i = 0; i < route.shares.size(); ++i) {
    const uint64_t weight = weight_of(route.shares[i]);
    if (chosen < weight) return i;
    chosen -= weight;
  }
  return 0;
}

std::optional<PinnedRoute> Traffic::pin(std::optional<RouteIndex> route) {
  if (!route) return std::nullopt;
  const Snapshot& snapshot = *present_;
  PinnedRoute pinned{present_, &snapshot.routes[*route], 0};
  pinned.share = choose_share(snapshot, *pinned.route);
  return pinned;
}

UpstreamState* Traffic::state_of(const PinnedRoute& pinned) {
  if (pinned.route->shares.empty()) return nullptr;
  const UpstreamIndex index = pinned.route->shares[pinned.share].upstream;
  if (pinned.snapshot == present_) return present_.snapshot_->states_[index];
  const auto found = upstreams_.find(pinned.snapshot->upstreams[index].key);
  if (found == upstreams_.end() || !found->second->listed) return nullptr;
  return found->second.get();
}

Pick Traffic::pick(PinnedRoute& pinned, const TriedServers& tried, Pick::Kind kind, const RouteFinder& find,
                   TimePoint now) {
  if (UpstreamState* state = state_of(pinned)) {
    if (const auto place = state->pick(tried, now)) return Pick(*this, *state, *place, kind);
  }
  if (pinned.snapshot == present_) return {};
  const Snapshot& snapshot = *present_;
  const auto index = find(snapshot);
  if (!index || snapshot.routes[*index].source != pinned.route->source) return {};
  auto again = pin(index);
  UpstreamState* state = state_of(*again);
  if (!state) return {};
  const auto place = state->pick(tried, now);
  if (!place) return {};
  pinned = std::move(*again);
  return Pick(*this, *state, *place, kind);
}

}  // namespace hancock::slardar
