#include "slardar/balance/weighted_draw.h"

#include <algorithm>
#include <numeric>

#include "slardar/upstream/slow_start.h"

namespace hancock::slardar {
namespace {

// So often one that may not be chosen is drawn before those that may are looked for.
constexpr int kDraws = 8;

/// Uniform below `bound`, but for a bias of 2^-32.
uint64_t scaled(uint32_t bits, uint64_t bound) { return bits * bound >> 32; }

}  // namespace

void WeightedDraw::update(std::span<const Weighted> servers) {
  weights_.clear();
  for (const Weighted& server : servers) weights_.push_back(server.weight);
  columns_.assign(weights_.size(), {});
  const uint64_t sum = std::accumulate(weights_.begin(), weights_.end(), uint64_t{0});
  any_ = sum > 0;
  if (!any_) return;
  // Each column stands for the mean; who has less than that is filled up by one who has more.
  std::vector<uint64_t> rest;  // in parts of the mean, of `sum`
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t place = 0; place < weights_.size(); ++place) {
    rest.push_back(uint64_t{weights_[place]} * weights_.size());
    (rest.back() < sum ? small : large).push_back(place);
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t place = small.back();
    const uint32_t other = large.back();
    small.pop_back();
    columns_[place] = {static_cast<uint32_t>((static_cast<unsigned __int128>(rest[place]) << 32) / sum),
                       other};
    rest[other] -= sum - rest[place];
    if (rest[other] >= sum) continue;
    large.pop_back();
    small.push_back(other);
  }
  for (const auto& whole : {small, large})
    for (const uint32_t place : whole) columns_[place] = {UINT32_MAX, place};
}

size_t WeightedDraw::draw_any(uint64_t bits) const {
  const size_t place = scaled(static_cast<uint32_t>(bits >> 32), columns_.size());
  return static_cast<uint32_t>(bits) < columns_[place].own ? place : columns_[place].other;
}

std::optional<size_t> WeightedDraw::draw(const Choice& choice, std::optional<size_t> but) const {
  if (!any_) return std::nullopt;
  for (int i = 0; i < kDraws; ++i) {
    const size_t place = draw_any(choice.random->next());
    if (place == but || choice.leaves_out(place)) continue;
    if (choice.shares.empty()) return place;
    const auto bits = static_cast<uint32_t>(choice.random->next());
    if (scaled(bits, kWholeShare) < choice.shares[place]) return place;
  }
  return draw_by_sums(choice, but);
}

std::optional<size_t> WeightedDraw::draw_by_sums(const Choice& choice, std::optional<size_t> but) const {
  const auto weight_of = [&](size_t place) -> uint64_t {
    if (place == but || choice.leaves_out(place)) return 0;
    return uint64_t{weights_[place]} * (choice.shares.empty() ? kWholeShare : choice.shares[place]);
  };
  uint64_t sum = 0;
  for (size_t place = 0; place < weights_.size(); ++place) sum += weight_of(place);
  if (sum == 0) return std::nullopt;
  uint64_t chosen = choice.random->below(sum);
  size_t place = 0;
  while (chosen >= weight_of(place)) chosen -= weight_of(place++);
  return place;
}

}  // namespace hancock::slardar
