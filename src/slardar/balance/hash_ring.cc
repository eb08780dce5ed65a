#include "slardar/balance/hash_ring.h"

#include <algorithm>
#include <bit>

#include "slardar/balance/mix.h"
#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

constexpr uint64_t kPoints = 64;  // of a server of average weight
constexpr uint64_t kPointsMax = 4'096;
constexpr int kProbes = 8;

/// What weighs one point; a power of two, so that it seldom changes.
uint64_t weight_of_points(std::span<const Weighted> servers) {
  uint64_t sum = 0;
  uint64_t count = 0;
  for (const Weighted& each : servers) {
    sum += each.weight;
    count += each.weight > 0;
  }
  return std::bit_ceil(count == 0 ? 1 : (sum + count - 1) / count);
}

}  // namespace

void HashRing::update(std::span<const Weighted> servers) {
  servers_.assign(servers.begin(), servers.end());
  points_.clear();
  const uint64_t unit = weight_of_points(servers);
  for (uint32_t place = 0; place < servers.size(); ++place) {
    const Weighted& server = servers[place];
    if (server.weight == 0) continue;
    const uint64_t count = std::clamp<uint64_t>(server.weight * kPoints / unit, 1, kPointsMax);
    for (uint64_t i = 0; i < count; ++i) points_.push_back({mixed(server.identity, i), place});
  }
  std::sort(points_.begin(), points_.end(), [&](const Point& a, const Point& b) {
    return a.at != b.at ? a.at < b.at : servers_[a.place].identity < servers_[b.place].identity;
  });
  index();
}

void HashRing::index() {
  const uint64_t parts = std::bit_ceil(std::max<uint64_t>(points_.size(), 2));
  shift_ = 64 - std::countr_zero(parts);
  starts_.assign(parts, static_cast<uint32_t>(points_.size()));
  for (size_t i = points_.size(); i-- > 0;) starts_[points_[i].at >> shift_] = static_cast<uint32_t>(i);
  for (size_t part = parts - 1; part-- > 0;) starts_[part] = std::min(starts_[part], starts_[part + 1]);
}

size_t HashRing::find(uint64_t at) const {
  size_t i = starts_[at >> shift_];
  while (i < points_.size() && points_[i].at < at) ++i;
  return i == points_.size() ? 0 : i;
}

std::optional<size_t> HashRing::pick(const Choice& choice) {
  if (points_.empty()) return std::nullopt;
  size_t nearest = 0;
  uint64_t least = UINT64_MAX;
  for (uint64_t probe = 0; probe < kProbes; ++probe) {
    const uint64_t from = mixed(choice.key, probe);
    const size_t point = find(from);
    const uint64_t distance = points_[point].at - from;  // modulo the ring
    nearest = distance < least ? point : nearest;
    least = std::min(least, distance);
  }
  std::optional<size_t> cold;  // would do, if there is nobody else
  for (size_t i = 0; i < points_.size(); ++i) {
    const size_t place = points_[nearest].place;
    if (!choice.leaves_out(place)) {
      if (takes(place, choice)) return place;
      if (!cold) cold = place;
    }
    if (++nearest == points_.size()) nearest = 0;
  }
  return cold;
}

// Its share of its keys, always the same ones: as it grows, others come to them.
bool HashRing::takes(size_t place, const Choice& choice) const {
  if (choice.shares.empty() || choice.shares[place] >= kWholeShare) return true;
  return mixed(choice.key, servers_[place].identity) % kWholeShare < choice.shares[place];
}

}  // namespace hancock::slardar
