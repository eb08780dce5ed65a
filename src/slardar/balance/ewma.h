// Ewma: of two that are drawn by weight the first, unless the second is likely to answer clearly sooner: its
// peak-sensitive exponentially weighted moving average of durations (as Finagle's Peak EWMA) times the tries
// that are on it already. A slow answer counts at once, a fast one little by little, and what is known fades,
// so that who was slow is tried again. A failed try counts as a second, so that who fails fast is not the
// fastest.
#pragma once

#include <vector>

#include "slardar/balance/load.h"
#include "slardar/balance/weighted_draw.h"

namespace hancock::slardar {

class Ewma final : public Balancer {
 public:
  static constexpr Duration kFades = 10s;  // to 1/e of it
  static constexpr Duration kFailure = 1s;

  void update(std::span<const Weighted> servers) override;
  std::optional<size_t> pick(const Choice& choice) override;
  void began(size_t place) override { loads_.began(place); }
  void ended(size_t place) override { loads_.ended(place); }
  void answered(size_t place, Duration took, TimePoint now) override { note(place, took, now); }
  void failed(size_t place, TimePoint now) override { note(place, kFailure, now); }

 private:
  struct Seen {
    double average_ns = 0;  // at `when`; 0: it has not answered yet
    TimePoint when{};
  };
  static double faded(const Seen& seen, TimePoint now);
  void note(size_t place, Duration took, TimePoint now);
  double cost(size_t place, TimePoint now) const;

  Loads loads_;
  WeightedDraw draw_;
  std::vector<Seen> seen_;
};

}  // namespace hancock::slardar
