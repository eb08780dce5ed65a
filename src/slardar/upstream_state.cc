#include "slardar/upstream_state.h"

#include <algorithm>

namespace hancock::slardar {
namespace {

constexpr Duration kRest = 2s;
constexpr Duration kTrial = 1s;  // nobody else tries meanwhile: the default time to connect

}  // namespace

bool TriedServers::has(uint64_t identity) const {
  return std::find(identities_.begin(), identities_.end(), identity) != identities_.end();
}

std::optional<size_t> UpstreamState::pick(const TriedServers& tried, TimePoint now) {
  if (tried.empty() && !any_unreachable) return balancer->pick({});
  any_unreachable = false;
  std::vector<size_t> left_out;
  std::vector<size_t> tried_places;
  for (size_t place = 0; place < servers.size(); ++place) {
    const bool was_tried = tried.has(servers[place].identity);
    const bool rests = peers[place]->unreachable && now < peers[place]->rests_until;
    any_unreachable = any_unreachable || peers[place]->unreachable;
    if (was_tried) tried_places.push_back(place);
    if (was_tried || rests) left_out.push_back(place);
  }
  auto place = balancer->pick(left_out);
  if (!place) place = balancer->pick(tried_places);  // better one that rests than nobody
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

void UpstreamState::note_unreachable(Peer& peer, TimePoint now) {
  any_unreachable = true;
  peer.unreachable = true;
  peer.rests_until = now + kRest;
}

}  // namespace hancock::slardar
