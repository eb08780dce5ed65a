#include "slardar/upstream/upstream_state.h"

#include <algorithm>
#include <utility>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr Duration kRest = 2s;
constexpr Duration kTrial = 1s;  // nobody else tries meanwhile: the default time to connect

}  // namespace

bool TriedServers::has(uint64_t identity) const {
  return std::find(identities_.begin(), identities_.end(), identity) != identities_.end();
}

std::optional<size_t> UpstreamState::pick(const TriedServers& tried, TimePoint now) {
  const Shares shares = shares_at(now);
  if (tried.empty() && !any_resting) return balancer->pick({}, shares);
  any_resting = false;
  const bool verdicts_count = most_do_well(now);
  std::vector<size_t> left_out;
  std::vector<size_t> tried_places;
  for (size_t place = 0; place < servers.size(); ++place) {
    const bool was_tried = tried.has(servers[place].identity);
    const Peer& peer = *peers[place];
    const bool ejected = peer.ejection.holds(now);
    const bool rests = (peer.unreachable && now < peer.rests_until) || (ejected && verdicts_count);
    any_resting = any_resting || peer.unreachable || ejected;
    if (was_tried) tried_places.push_back(place);
    if (was_tried || rests) left_out.push_back(place);
  }
  auto place = balancer->pick(left_out, shares);
  if (!place) place = balancer->pick(tried_places, shares);  // better one that rests than nobody
  if (place && peers[*place]->unreachable) peers[*place]->rests_until = now + kTrial;
  return place;
}

std::optional<size_t> UpstreamState::place_of(uint64_t identity) const {
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [&](const Weighted& each) { return each.identity == identity; });
  if (found == servers.end()) return std::nullopt;
  return static_cast<size_t>(found - servers.begin());
}

void UpstreamState::note_answer(uint64_t identity, int code) {
  if (const auto place = place_of(identity)) codes[*place].add(code);
}

void UpstreamState::note_failure(uint64_t identity) {
  if (const auto place = place_of(identity)) balancer->failed(*place);
}

bool UpstreamState::most_do_well(TimePoint now) const {
  const auto well = std::count_if(peers.begin(), peers.end(), [&](const Peer* peer) {
    return !peer->unreachable && !peer->ejection.holds(now);
  });
  return static_cast<size_t>(well) * 2 >= peers.size();
}

bool UpstreamState::may_eject(TimePoint now) const {
  size_t ejected = 0;
  size_t well = 0;
  for (const Peer* peer : peers) {
    if (peer->ejection.holds(now)) ++ejected;
    if (!peer->ejection.holds(now) && !peer->unreachable) ++well;
  }
  return (ejected + 1) * 2 <= peers.size() && well > 1;
}

bool UpstreamState::note_failed(Peer& peer, TimePoint now) {
  if (peer.task.empty() || !peer.ejection.failed() || !may_eject(now)) return false;
  begin_slowly(peer, peer.ejection.eject(now));
  any_resting = true;
  return true;
}

void UpstreamState::begin_slowly(Peer& peer, TimePoint since) {
  peer.usable_since = since;
  warm_from = std::max(warm_from, since + slow_start);
}

void UpstreamState::note_reached(Peer& peer, TimePoint now) {
  if (std::exchange(peer.unreachable, false)) begin_slowly(peer, now);
}

Shares UpstreamState::shares_at(TimePoint now) {
  if (slow_start == Duration(0) || now >= warm_from) return {};
  shares_.resize(peers.size());
  for (size_t place = 0; place < peers.size(); ++place)
    shares_[place] = share_at(now - peers[place]->usable_since, slow_start);
  return shares_;
}

void UpstreamState::note_unreachable(Peer& peer, TimePoint now) {
  any_resting = true;
  peer.unreachable = true;
  peer.rests_until = now + kRest;
}

}  // namespace hancock::slardar
