#include "slardar/traffic.h"

#include <algorithm>

namespace hancock::slardar {

Pick::Pick(Traffic& traffic, UpstreamState& upstream, size_t place, Kind kind)
    : traffic_(&traffic),
      upstream_(&upstream),
      peer_(upstream.peers[place]),
      identity_(upstream.identities[place]),
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
  for (auto& [name, state] : upstreams_) state->listed = false;
  for (const Upstream& upstream : next->snapshot_->upstreams) {
    std::unique_ptr<UpstreamState>& state = upstreams_[upstream.name];
    if (!state) state = std::make_unique<UpstreamState>();
    tie(upstream, *state);
    next->states_.push_back(state.get());
  }
  for (auto& [identity, peer] : peers_) {
    if (!peer->listed) peer->idle.clear();
  }
  forget_unused();
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
  std::vector<Weighted> servers;
  std::vector<uint64_t> identities;
  std::vector<CodeCounts> codes;
  state.peers.clear();
  for (const Server& server : upstream.servers) {
    Peer& peer = peer_of(server);
    peer.listed = true;
    state.peers.push_back(&peer);
    servers.push_back({server.identity(), server.weight});
    identities.push_back(server.identity());
    const auto before = state.place_of(identities.back());
    codes.push_back(before ? std::move(state.codes[*before]) : CodeCounts());
  }
  state.identities = std::move(identities);
  state.codes = std::move(codes);
  state.balancer->update(servers);
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
    past_requests_[state.labels].merge(state.requests);
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
  std::map<Labels, CodeCounts> all = past_requests_;
  for (const auto& [name, state] : upstreams_) all[state->labels].merge(state->requests);
  return all;
}

void Traffic::prune(TimePoint now) {
  for (auto& [identity, peer] : peers_) peer->idle.prune(now);
}

size_t Traffic::choose_share(const Snapshot& snapshot, const Route& route) {
  if (route.shares.size() < 2) return 0;
  // Only among Versions that have somebody to answer.
  const auto weight_of = [&](const Route::Share& share) -> uint64_t {
    return snapshot.upstreams[share.upstream].servers.empty() ? 0 : share.weight;
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
  const auto found = upstreams_.find(pinned.snapshot->upstreams[index].name);
  if (found == upstreams_.end() || !found->second->listed) return nullptr;
  return found->second.get();
}

Pick Traffic::pick(PinnedRoute& pinned, const TriedServers& tried, Pick::Kind kind, const RouteFinder& find) {
  if (UpstreamState* state = state_of(pinned)) {
    if (const auto place = state->pick(tried)) return Pick(*this, *state, *place, kind);
  }
  if (pinned.snapshot == present_) return {};
  const Snapshot& snapshot = *present_;
  const auto index = find(snapshot);
  if (!index || snapshot.routes[*index].source != pinned.route->source) return {};
  auto again = pin(index);
  UpstreamState* state = state_of(*again);
  if (!state) return {};
  const auto place = state->pick(tried);
  if (!place) return {};
  pinned = std::move(*again);
  return Pick(*this, *state, *place, kind);
}

}  // namespace hancock::slardar
