// LeastConn: the server with the fewest tries on it for its weight. Of those that have equally few, at low
// rates all of them, each gets its turn by weight (stride scheduling, Waldspurger and Weihl 1995: each choice
// puts a server's turn off by 1 / weight).
//
// What a server is chosen by is one number, lower is better: the load in the upper half, the turn in the
// lower.
#pragma once

#include <vector>

#include "slardar/balance/load.h"
#include "slardar/balance/tournament.h"

namespace hancock::slardar {

class LeastConn final : public Balancer {
 public:
  void update(std::span<const Weighted> servers) override;
  std::optional<size_t> pick(const Choice& choice) override;
  void began(size_t place) override;
  void ended(size_t place) override;

 private:
  uint64_t unit_at(size_t place, uint64_t share) const;
  uint64_t unit_of(size_t place, uint64_t share) const;
  uint64_t rank_of(size_t place, uint64_t share) const;
  std::optional<size_t> best_of_some(const Choice& choice) const;
  void rank(size_t place);
  void put_off(size_t place, uint64_t share);

  Loads loads_;
  std::vector<uint64_t> turns_;  // by place, from turn_ on
  std::vector<uint64_t> units_;  // by place: what one try counts, with its whole share
  Tournament ranks_;             // by place, with its whole share
  uint64_t turn_ = 0;            // that of the last one chosen
  uint64_t heaviest_ = 0;        // of the weights
};

}  // namespace hancock::slardar
