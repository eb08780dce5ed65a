#include "slardar/balance/round_robin.h"

#include <algorithm>
#include <unordered_map>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {

void RoundRobin::update(std::span<const Weighted> servers) {
  std::unordered_map<uint64_t, const Position*> before;
  for (const Position& each : positions_) before[each.server.identity] = &each;
  std::vector<Position> next;
  next.reserve(servers.size());
  for (const Weighted& server : servers) {
    const auto found = before.find(server.identity);
    if (found == before.end()) {
      next.push_back({server, server.weight, 0});
    } else {
      const Position& known = *found->second;
      const int64_t effective = known.server.weight == server.weight ? known.effective : server.weight;
      next.push_back({server, effective, known.current});
    }
  }
  positions_ = std::move(next);
}

std::optional<size_t> RoundRobin::pick(Tried tried, Shares shares) {
  std::optional<size_t> best;
  int64_t sum = 0;
  for (size_t place = 0; place < positions_.size(); ++place) {
    Position& position = positions_[place];
    if (position.server.weight == 0) continue;
    if (std::find(tried.begin(), tried.end(), place) != tried.end()) continue;
    const int64_t now = position.effective * (shares.empty() ? kWholeShare : shares[place]);
    position.current += now;
    sum += now;
    if (position.effective < position.server.weight) ++position.effective;
    if (!best || position.current > positions_[*best].current) best = place;
  }
  if (best) positions_[*best].current -= sum;
  return best;
}

void RoundRobin::failed(size_t place) {
  if (place >= positions_.size()) return;
  int64_t& effective = positions_[place].effective;
  effective = (effective + 1) / 2;
}

}  // namespace hancock::slardar
