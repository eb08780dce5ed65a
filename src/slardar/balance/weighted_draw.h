// WeightedDraw: one of many by chance, each with the probability of its weight, in constant time (Vose's
// alias method, 1991). Part of the balancers that draw before they compare.
#pragma once

#include <vector>

#include "slardar/balance/balancer.h"

namespace hancock::slardar {

class WeightedDraw {
 public:
  void update(std::span<const Weighted> servers);
  /// By weight and share, of those that are not left out and are not `but`; nullopt: there is none.
  std::optional<size_t> draw(const Choice& choice, std::optional<size_t> but = std::nullopt) const;

 private:
  size_t draw_any(uint64_t bits) const;
  std::optional<size_t> draw_by_sums(const Choice& choice, std::optional<size_t> but) const;

  struct Column {
    uint32_t own = 0;  // of 2^32: the chance that it is this one, else `other`
    uint32_t other = 0;
  };
  std::vector<uint32_t> weights_;
  std::vector<Column> columns_;
  bool any_ = false;  // weighs something
};

}  // namespace hancock::slardar
