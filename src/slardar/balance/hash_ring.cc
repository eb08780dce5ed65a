#include "slardar/balance/hash_ring.h"

#include <algorithm>
#include <array>

#include "slardar/balance/mix.h"
#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr uint64_t kPoints = 64;  // of the lightest server of a class
constexpr int kLevels = 4;        // weights from 1, from 16, from 256, from 4,096
constexpr int kLevelBits = 4;
constexpr uint32_t kHeaviest = (1U << (kLevels * kLevelBits)) - 1;
constexpr size_t kProbes = 8;
constexpr int kServerBits = 64 - 32 - kLevelBits * (kLevels - 1);  // what a distance leaves free
constexpr uint64_t kServerMask = (uint64_t{1} << kServerBits) - 1;

int level_of(uint32_t weight) {
  int level = 0;
  while (weight >> (kLevelBits * (level + 1)) != 0) ++level;
  return level;
}

uint64_t points_of(uint32_t weight, int level) {
  const uint64_t of_point = 1ULL << (kLevelBits * level);
  return (weight * kPoints + of_point / 2) / of_point;
}

/// From where a key looks at the rings.
std::array<uint32_t, kProbes> probes_of(uint64_t key) {
  std::array<uint32_t, kProbes> probes{};
  for (size_t i = 0; i < kProbes; i += 2) {
    const uint64_t bits = mixed(key, i);
    probes[i] = static_cast<uint32_t>(bits);
    probes[i + 1] = static_cast<uint32_t>(bits >> 32);
  }
  return probes;
}

}  // namespace

void HashRing::update(std::span<const Weighted> servers) {
  servers_.assign(servers.begin(), servers.end());
  classes_.clear();
  for (uint32_t place = 0; place < servers.size(); ++place) {
    const uint32_t weight = std::min(servers[place].weight, kHeaviest);
    if (weight == 0) continue;
    const int level = level_of(weight);
    auto like =
        std::find_if(classes_.begin(), classes_.end(), [&](const Class& c) { return c.level == level; });
    if (like == classes_.end()) like = classes_.insert(like, Class{level, {}});
    for (uint64_t i = points_of(weight, level); i-- > 0;)
      like->ring.add(static_cast<uint32_t>(mixed(servers[place].identity, i) >> 32), place);
  }
  // The order of the list is of no account.
  std::sort(classes_.begin(), classes_.end(),
            [](const Class& a, const Class& b) { return a.level < b.level; });
  for (Class& each : classes_) each.ring.settle(servers_);
}

std::optional<size_t> HashRing::pick(const Choice& choice) {
  if (choice.left_out.empty() && choice.shares.empty()) return nearest_of_all(choice.key);
  const auto is_there = [&](size_t place) { return !choice.leaves_out(place); };
  const auto found =
      nearest(choice.key, [&](size_t place) { return is_there(place) && takes(place, choice); });
  return found || choice.shares.empty() ? found : nearest(choice.key, is_there);
}

// Distance and place are compared as one number: who is nearer cannot be foreseen, and a branch would be
// dear.
std::optional<size_t> HashRing::nearest_of_all(uint64_t key) const {
  if (classes_.empty()) return std::nullopt;
  uint64_t least = UINT64_MAX;
  const auto probes = probes_of(key);
  for (const Class& each : classes_) {
    const int nearer = kServerBits + kLevelBits * (kLevels - 1 - each.level);
    for (const uint32_t probe : probes) {
      const PointRing::Found found = each.ring.next(probe);
      least = std::min(least, uint64_t{found.distance} << nearer | found.place);
    }
  }
  return least & kServerMask;
}

template <class Usable>
std::optional<size_t> HashRing::nearest(uint64_t key, const Usable& usable) const {
  std::optional<size_t> place;
  uint64_t least = UINT64_MAX;
  const auto probes = probes_of(key);
  for (const Class& each : classes_) {
    for (const uint32_t probe : probes) {
      const auto found = each.ring.find(probe, usable);
      if (!found) break;  // nobody of this class is
      const uint64_t distance = uint64_t{found->distance} << (kLevelBits * (kLevels - 1 - each.level));
      if (distance >= least) continue;
      least = distance;
      place = found->place;
    }
  }
  return place;
}

// Its share of its keys, always the same ones: as it grows, others come to them.
bool HashRing::takes(size_t place, const Choice& choice) const {
  if (choice.shares.empty() || choice.shares[place] >= kWholeShare) return true;
  return mixed(choice.key, servers_[place].identity) % kWholeShare < choice.shares[place];
}

}  // namespace hancock::slardar
