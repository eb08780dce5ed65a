// RoundRobin: smooth and weighted, as lua-resty-checkups does it: each usable server's current value grows by
// its effective weight, the highest wins (the first on a tie) and is lowered by the sum. The effective weight
// starts at the weight, halves (rounded up) with a failed try, and grows by one at each choice up to the
// weight. A share of less than all counts as so much less of it.
#pragma once

#include <vector>

#include "slardar/balance/balancer.h"

namespace hancock::slardar {

class RoundRobin final : public Balancer {
 public:
  void update(std::span<const Weighted> servers) override;
  std::optional<size_t> pick(const Choice& choice) override;
  void failed(size_t place, TimePoint now) override;

 private:
  std::optional<size_t> pick_of_all();
  std::optional<size_t> pick_of_rest(LeftOut left_out);
  std::optional<size_t> pick_by_share(const Choice& choice);

  // By place, in parts of a weight (kWeight), each in a row of its own: a choice goes over all of them. The
  // low bits of a current value are those of its place, so that the highest one says whose it is, the first
  // on a tie.
  std::vector<int64_t> currents_;
  std::vector<int64_t> effectives_;
  std::vector<int64_t> wholes_;  // the weights
  std::vector<Weighted> servers_;
  int64_t sum_ = 0;    // of the weights
  bool worn_ = false;  // somebody's effective weight is less than his weight
};

}  // namespace hancock::slardar
