#include "slardar/balance/round_robin.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <utility>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr int kPlaceBits = 20;
constexpr int64_t kPlaceMask = (int64_t{1} << kPlaceBits) - 1;
constexpr int64_t kPart = int64_t{1} << kPlaceBits;  // of a weight, of kWholeShare
constexpr int64_t kWeight = kPart * kWholeShare;
// Who weighs nothing never wins, whatever the others have.
constexpr int64_t kNeverWins = std::numeric_limits<int64_t>::min() / 2;

int64_t with_place(int64_t value, size_t place) {
  return (value & ~kPlaceMask) | (kPlaceMask - static_cast<int64_t>(place));
}
size_t place_in(int64_t value) { return static_cast<size_t>(kPlaceMask - (value & kPlaceMask)); }

}  // namespace

void RoundRobin::update(std::span<const Weighted> servers) {
  std::unordered_map<uint64_t, size_t> before;
  for (size_t place = 0; place < servers_.size(); ++place) before[servers_[place].identity] = place;
  const std::vector<int64_t> currents = std::exchange(currents_, {});
  const std::vector<int64_t> effectives = std::exchange(effectives_, {});
  const std::vector<int64_t> wholes = std::exchange(wholes_, {});
  sum_ = 0;
  worn_ = false;
  for (size_t place = 0; place < servers.size(); ++place) {
    const int64_t whole = servers[place].weight * kWeight;
    int64_t current = 0;
    int64_t effective = whole;
    if (const auto found = before.find(servers[place].identity); found != before.end()) {
      const size_t known = found->second;
      if (wholes[known] == whole) effective = effectives[known];
      if (wholes[known] > 0) current = currents[known];
    }
    if (whole == 0) current = kNeverWins;
    sum_ += whole;
    worn_ |= effective < whole;
    currents_.push_back(with_place(current, place));
    effectives_.push_back(effective);
    wholes_.push_back(whole);
  }
  servers_.assign(servers.begin(), servers.end());
}

std::optional<size_t> RoundRobin::pick(const Choice& choice) {
  if (worn_ || !choice.shares.empty()) return pick_by_share(choice);
  return choice.left_out.empty() ? pick_of_all() : pick_of_rest(choice.left_out);
}

// As pick_by_share, where there is nothing to look at. Four at a time: none waits for the comparison before
// it.
std::optional<size_t> RoundRobin::pick_of_all() {
  if (sum_ == 0) return std::nullopt;
  const size_t count = currents_.size();
  int64_t* const currents = currents_.data();
  const int64_t* const wholes = wholes_.data();
  std::array<int64_t, 4> highest;
  highest.fill(kNeverWins);
  size_t place = 0;
  for (; place + 4 <= count; place += 4) {
    highest[0] = std::max(highest[0], currents[place] += wholes[place]);
    highest[1] = std::max(highest[1], currents[place + 1] += wholes[place + 1]);
    highest[2] = std::max(highest[2], currents[place + 2] += wholes[place + 2]);
    highest[3] = std::max(highest[3], currents[place + 3] += wholes[place + 3]);
  }
  for (; place < count; ++place) highest[0] = std::max(highest[0], currents[place] += wholes[place]);
  const size_t best = place_in(*std::max_element(highest.begin(), highest.end()));
  currents[best] -= sum_;
  return best;
}

// As pick_by_share, where each has all of his weight. Who is left out cannot be foreseen: no branch asks for
// it.
std::optional<size_t> RoundRobin::pick_of_rest(LeftOut left_out) {
  int64_t highest = kNeverWins;
  int64_t sum = 0;
  const size_t count = currents_.size();
  int64_t* const currents = currents_.data();
  const int64_t* const wholes = wholes_.data();
  for (size_t place = 0; place < count; ++place) {
    const int64_t is_there = left_out[place] == 0 ? -1 : 0;
    const int64_t now = wholes[place] & is_there;
    sum += now;
    currents[place] += now;
    highest = std::max(highest, (currents[place] & is_there) | (kNeverWins & ~is_there));
  }
  if (sum == 0) return std::nullopt;
  const size_t best = place_in(highest);
  currents[best] -= sum;
  return best;
}

std::optional<size_t> RoundRobin::pick_by_share(const Choice& choice) {
  int64_t highest = kNeverWins;
  int64_t sum = 0;
  bool worn = false;
  const size_t count = currents_.size();
  for (size_t place = 0; place < count; ++place) {
    int64_t& effective = effectives_[place];
    const int64_t whole = wholes_[place];
    if (whole > 0 && !choice.leaves_out(place)) {
      const int64_t now =
          choice.shares.empty() ? effective : effective / kWholeShare * int64_t{choice.shares[place]};
      sum += now;
      highest = std::max(highest, currents_[place] += now);
      effective = std::min(effective + kWeight, whole);
    }
    worn |= effective < whole;
  }
  worn_ = worn;
  if (highest == kNeverWins) return std::nullopt;
  const size_t best = place_in(highest);
  currents_[best] -= sum;
  return best;
}

void RoundRobin::failed(size_t place, TimePoint /*now*/) {
  int64_t& effective = effectives_[place];
  const int64_t weight = effective / kWeight;
  effective = (weight + 1) / 2 * kWeight;
  worn_ |= effective < wholes_[place];
}

}  // namespace hancock::slardar
