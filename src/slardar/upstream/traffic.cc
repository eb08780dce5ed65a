#include "slardar/upstream/traffic.h"

#include <algorithm>

#include "base/number.h"

namespace hancock::slardar {

Pick::Pick(Traffic& traffic, UpstreamState& upstream, size_t place, Kind kind)
    : traffic_(&traffic),
      upstream_(&upstream),
      peer_(upstream.peers[place]),
      identity_(upstream.servers[place].identity),
      place_(place),
      list_(upstream.list),
      kind_(kind) {
  upstream_->began(place);
  ++upstream_->in_flight;
  if (kind_ == Kind::kRetry) ++upstream_->retrying;
  ++peer_->in_flight;
  ++peer_->tries;
  traffic_->changed(*peer_);
}

Pick::~Pick() {
  if (!peer_) return;
  if (const auto at = place()) upstream_->ended(*at);
  --upstream_->in_flight;
  if (kind_ == Kind::kRetry) --upstream_->retrying;
  --peer_->in_flight;
  traffic_->changed(*peer_);
  traffic_->forget_if_unused(*peer_);
  traffic_->forget_if_unused(*upstream_);
}

std::optional<size_t> Pick::place() const {
  return list_ == upstream_->list ? std::optional(place_) : upstream_->place_of(identity_);
}

void Pick::note_head(Duration took, TimePoint now) const {
  peer_->note_latency(took);
  if (const auto at = place()) upstream_->note_head(*at, took, now);
}

void Pick::note_served(Duration took) const {
  if (upstream_->answers) upstream_->answers->note_head(took);
}

void Pick::note_answer(int code) const {
  if (upstream_->answers) upstream_->answers->note_answer(code);
  upstream_->requests.add(code);
  if (const auto at = place()) upstream_->codes[*at].add(code);
}

bool Pick::note_failure(TimePoint now) const {
  const auto at = place();
  return at && upstream_->note_failure(*at, now);
}

void Pick::swap(Pick& other) {
  std::swap(traffic_, other.traffic_);
  std::swap(upstream_, other.upstream_);
  std::swap(peer_, other.peer_);
  std::swap(identity_, other.identity_);
  std::swap(place_, other.place_);
  std::swap(list_, other.list_);
  std::swap(kind_, other.kind_);
}

Traffic::Traffic(size_t worker, uint64_t seed)
    : worker_(worker), random_(seed), present_(new LocalSnapshot(std::make_shared<const Snapshot>())) {}
Traffic::~Traffic() = default;

void Traffic::apply(SnapshotPtr snapshot, TimePoint now) {
  const Pin before = std::exchange(present_, Pin(new LocalSnapshot(std::move(snapshot))));
  balance_scripts_.apply(present_->lua);
  const std::vector<UpstreamPtr>& were = before->upstreams;
  const std::vector<UpstreamPtr>& are = present_->upstreams;
  std::vector<size_t> others;
  std::vector<UpstreamState*> gone;
  states_.resize(std::max(were.size(), are.size()));
  for (size_t i = 0; i < states_.size(); ++i) {
    const Upstream* const was = i < were.size() ? were[i].get() : nullptr;
    const Upstream* const is = i < are.size() ? are[i].get() : nullptr;
    if (was == is) continue;
    if (is) others.push_back(i);
    if (!was) continue;
    gone.push_back(std::exchange(states_[i], nullptr));
    gone.back()->listed = false;
  }
  // It may have come back, at this place or another.
  for (const size_t place : others) {
    std::unique_ptr<UpstreamState>& state = upstreams_[are[place]->key];
    if (!state) state = std::make_unique<UpstreamState>();
    tie(*are[place], *state, now);
    states_[place] = state.get();
  }
  for (UpstreamState* state : gone) {
    if (!state->listed) untie(*state);
  }
  states_.resize(are.size());
}

void Traffic::tie(const Upstream& upstream, UpstreamState& state, TimePoint now) {
  const bool is_other = state.take(upstream);
  state.listed = true;
  if (!is_other && state.peers.size() == state.servers.size()) return;
  const std::vector<Peer*> peers_before = std::exchange(state.peers, {});
  for (const Upstream::Level& level : upstream.levels) {
    for (const Server& server : level.servers) {
      Peer& peer = peer_of(server);
      state.begin_slowly(peer, peer.listings == 0 ? now : peer.usable_since);
      ++peer.listings;
      state.peers.push_back(&peer);
    }
  }
  Choice any;
  any.random = &random_;
  for (const UpstreamState::Level& level : state.levels)
    for (size_t i = 0; state.is_fresh() && i < worker_; ++i) level.balancer->pick(any);
  for (Peer* peer : peers_before) let_go(*peer);
}

void Traffic::untie(UpstreamState& state) {
  for (Peer* peer : std::exchange(state.peers, {})) let_go(*peer);
  forget_if_unused(state);
}

void Traffic::let_go(Peer& peer) {
  if (--peer.listings > 0) return;
  peer.let_connections_go();
  forget_if_unused(peer);
}

Peer& Traffic::peer_of(const Server& server) {
  const auto [begin, end] = peers_.equal_range(server.identity());
  for (auto it = begin; it != end; ++it) {
    if (it->second->address == server.address && it->second->task == server.task &&
        it->second->tls == server.tls && it->second->protocol == server.protocol)
      return *it->second;
  }
  auto made = std::make_unique<Peer>(server.address, server.task, server.tls, server.protocol);
  if (!server.task.empty()) by_task_.emplace(server.task, made.get());
  return *peers_.emplace(server.identity(), std::move(made))->second;
}

void Traffic::forget_if_unused(UpstreamState& state) {
  if (state.listed || state.in_flight > 0) return;
  past_requests_[state.labels].codes.merge(state.requests);
  upstreams_.erase(std::string(state.key));
}

void Traffic::forget_if_unused(Peer& peer) {
  if (peer.listings > 0 || peer.in_flight > 0) return;
  const auto [first_of_task, last_of_task] = by_task_.equal_range(peer.task);
  const auto of_task =
      std::find_if(first_of_task, last_of_task, [&](const auto& each) { return each.second == &peer; });
  if (of_task != last_of_task) by_task_.erase(of_task);
  const Server server{peer.address, peer.task, 1, peer.tls, peer.protocol, {}};
  const auto [first, last] = peers_.equal_range(server.identity());
  peers_.erase(std::find_if(first, last, [&](const auto& each) { return each.second.get() == &peer; }));
}

void Traffic::changed(const Peer& peer) {
  if (!leaving_changed_ || peer.task.empty()) return;
  const Snapshot& snapshot = *present_;
  if (snapshot.barrier_open && snapshot.leaving.contains(peer.task)) leaving_changed_();
}

std::map<std::string, uint64_t> Traffic::leaving_in_flight() const {
  std::map<std::string, uint64_t> counts;
  for (const std::string& task : present_->leaving) {
    uint64_t& count = counts[task];
    const auto [first, last] = by_task_.equal_range(task);
    for (auto peer = first; peer != last; ++peer) count += peer->second->in_flight;
  }
  return counts;
}

std::map<Labels, CodeCounts> Traffic::requests() const {
  std::map<Labels, CodeCounts> all;
  for (const auto& [labels, past] : past_requests_) all[labels] = past.codes;
  for (const auto& [name, state] : upstreams_) all[state->labels].merge(state->requests);
  return all;
}

ServiceAnswers Traffic::answers() const {
  ServiceAnswers all;
  for (const auto& [key, state] : upstreams_) {
    if (!state->answers || !state->listed) continue;
    const Labels& of = state->labels;
    const auto version = parse_number<uint32_t>(of.version);
    if (version) all[of.tenant + "/" + of.app + "/" + of.service][*version].merge(state->answers->answers());
  }
  return all;
}

void Traffic::note_refused(const PinnedRoute& pinned) {
  const UpstreamState* state = state_of(pinned);
  if (state && state->answers) state->answers->note_failed();
}

void Traffic::prune(TimePoint now) {
  for (auto& [identity, peer] : peers_) peer->prune(now);
  if (now >= fold_at_) fold_past(now);
}

void Traffic::close_connections() {
  for (auto& [identity, peer] : peers_) peer->close_connections();
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

size_t Traffic::choose_share(const Snapshot& snapshot, const PinnedRoute& pinned) {
  const Route& route = *pinned.route;
  if (route.shares.size() < 2) return 0;
  // Only among Versions that have somebody to answer.
  const auto weight_of = [&](const Route::Share& share) -> uint64_t {
    return snapshot.upstreams[share.upstream]->serves() ? share.weight : 0;
  };
  for (size_t i = 0; pinned.version != 0 && i < route.shares.size(); ++i) {
    if (route.shares[i].version == pinned.version && weight_of(route.shares[i]) > 0) return i;
  }
  if (pinned.client) {
    const auto score = [&](const Route::Share& share) {
      return share_score(*pinned.client, share.version, weight_of(share));
    };
    const auto best =
        std::max_element(route.shares.begin(), route.shares.end(),
                         [&](const Route::Share& a, const Route::Share& b) { return score(a) < score(b); });
    return static_cast<size_t>(best - route.shares.begin());
  }
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

std::optional<PinnedRoute> Traffic::pin(std::optional<RouteIndex> route, std::optional<ClientHash> client,
                                        uint32_t version) {
  if (!route) return std::nullopt;
  const Snapshot& snapshot = *present_;
  PinnedRoute pinned{present_, snapshot.routes[*route].get(), 0, client, version};
  pinned.share = choose_share(snapshot, pinned);
  return pinned;
}

UpstreamState* Traffic::state_of(const PinnedRoute& pinned) {
  if (pinned.route->shares.empty()) return nullptr;
  const UpstreamIndex index = pinned.route->shares[pinned.share].upstream;
  if (pinned.snapshot == present_) return states_[index];
  const auto found = upstreams_.find(pinned.snapshot->upstreams[index]->key);
  if (found == upstreams_.end() || !found->second->listed) return nullptr;
  return found->second.get();
}

HashBy Traffic::hash_by(const PinnedRoute& pinned) {
  if (pinned.route->shares.empty()) return HashBy::kNothing;
  const UpstreamIndex index = pinned.route->shares[pinned.share].upstream;
  return pinned.snapshot->upstreams[index]->balance->hash_by;
}

Pick Traffic::pick_at(UpstreamState* state, const PinnedRoute& pinned, const TriedServers& tried,
                      Pick::Kind kind, TimePoint now) {
  if (!state) return {};
  const auto place = state->pick({tried, now, random_, pinned.key, pinned.levels, &balance_scripts_});
  return place ? Pick(*this, *state, *place, kind) : Pick();
}

Pick Traffic::pick(PinnedRoute& pinned, const TriedServers& tried, Pick::Kind kind, const RouteFinder& find,
                   TimePoint now) {
  if (Pick found = pick_at(state_of(pinned), pinned, tried, kind, now)) return found;
  if (pinned.snapshot == present_) return {};
  const Snapshot& snapshot = *present_;
  const auto index = find(snapshot);
  if (!index || snapshot.routes[*index]->source != pinned.route->source) return {};
  auto again = pin(index, pinned.client, pinned.version);
  again->key = pinned.key;
  again->levels = pinned.levels;
  Pick found = pick_at(state_of(*again), *again, tried, kind, now);
  if (found) pinned = std::move(*again);
  return found;
}

}  // namespace hancock::slardar
