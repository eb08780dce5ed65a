#include "slardar/balance/round_robin.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

// Who weighs nothing never wins, whatever the others have.
constexpr int64_t kNeverWins = std::numeric_limits<int64_t>::min() / 2;

}  // namespace

void RoundRobin::update(std::span<const Weighted> servers) {
  std::unordered_map<uint64_t, size_t> before;
  for (size_t place = 0; place < servers_.size(); ++place) before[servers_[place].identity] = place;
  std::vector<Position> next;
  next.reserve(servers.size());
  sum_ = 0;
  worn_ = false;
  for (const Weighted& server : servers) {
    const int64_t whole = int64_t{server.weight} * kWholeShare;
    Position position{0, whole, whole};
    if (const auto found = before.find(server.identity); found != before.end()) {
      const Position& known = positions_[found->second];
      if (known.whole == whole) position.effective = known.effective;
      if (known.whole > 0) position.current = known.current;
    }
    if (whole == 0) position.current = kNeverWins;
    sum_ += whole;
    worn_ |= position.effective < whole;
    next.push_back(position);
  }
  positions_ = std::move(next);
  servers_.assign(servers.begin(), servers.end());
}

std::optional<size_t> RoundRobin::pick(const Choice& choice) {
  return choice.left_out.empty() && choice.shares.empty() && !worn_ ? pick_of_all() : pick_of_some(choice);
}

// As pick_of_some, where there is nothing to look at.
std::optional<size_t> RoundRobin::pick_of_all() {
  if (sum_ == 0) return std::nullopt;
  Position* const begin = positions_.data();
  Position* const end = begin + positions_.size();
  Position* best = begin;
  int64_t highest = kNeverWins;
  for (Position* each = begin; each != end; ++each) {
    const int64_t current = each->current += each->whole;
    best = current > highest ? each : best;
    highest = std::max(highest, current);
  }
  best->current -= sum_;
  return static_cast<size_t>(best - begin);
}

std::optional<size_t> RoundRobin::pick_of_some(const Choice& choice) {
  Position* best = nullptr;
  int64_t highest = kNeverWins;
  int64_t sum = 0;
  bool worn = false;
  const size_t count = positions_.size();
  for (size_t place = 0; place < count; ++place) {
    Position& position = positions_[place];
    if (position.whole > 0 && !choice.leaves_out(place)) {
      const int64_t now = choice.shares.empty() ? position.effective
                                                : position.effective / kWholeShare * choice.shares[place];
      const int64_t current = position.current += now;
      sum += now;
      position.effective = std::min(position.effective + kWholeShare, position.whole);
      best = current > highest ? &position : best;
      highest = std::max(highest, current);
    }
    worn |= position.effective < position.whole;
  }
  worn_ = worn;
  if (!best) return std::nullopt;
  best->current -= sum;
  return static_cast<size_t>(best - positions_.data());
}

void RoundRobin::failed(size_t place, TimePoint /*now*/) {
  int64_t& effective = positions_[place].effective;
  const int64_t weight = effective / kWholeShare;
  effective = (weight + 1) / 2 * kWholeShare;
  worn_ |= effective < positions_[place].whole;
}

}  // namespace hancock::slardar
