// PowerOfTwo: of two that are drawn by weight the one with fewer tries on it for its weight (Mitzenmacher,
// "The Power of Two Choices in Randomized Load Balancing", 2001): nearly as even as LeastConn, and workers
// and gateways that do not know of each other do not all run to the same server.
#pragma once

#include "slardar/balance/load.h"
#include "slardar/balance/weighted_draw.h"

namespace hancock::slardar {

class PowerOfTwo final : public Balancer {
 public:
  void update(std::span<const Weighted> servers) override {
    loads_.update(servers);
    draw_.update(servers);
  }
  std::optional<size_t> pick(const Choice& choice) override {
    const auto first = draw_.draw(choice);
    if (!first) return std::nullopt;
    const auto second = draw_.draw(choice, first);
    return !second || loads_.is_lighter(*first, *second) ? first : second;
  }
  void began(size_t place) override { loads_.began(place); }
  void ended(size_t place) override { loads_.ended(place); }

 private:
  Loads loads_;
  WeightedDraw draw_;
};

}  // namespace hancock::slardar
