#include "slardar/upstream_state.h"

#include <algorithm>

namespace hancock::slardar {

bool TriedServers::has(uint64_t identity) const {
  return std::find(identities_.begin(), identities_.end(), identity) != identities_.end();
}

std::optional<size_t> UpstreamState::pick(const TriedServers& tried) {
  if (tried.empty()) return balancer->pick({});
  std::vector<size_t> places;
  for (size_t place = 0; place < servers.size(); ++place) {
    if (tried.has(servers[place].identity)) places.push_back(place);
  }
  return balancer->pick(places);
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

}  // namespace hancock::slardar
