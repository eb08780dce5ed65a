// HashRing: the same key goes to the same server, in every worker and gateway, and stays there when others
// come and go: who leaves, leaves his keys alone to the others, who comes, takes about 1/n of all.
//
// Multi-probe consistent hashing (Appleton and O'Reilly, 2015): servers stand on a ring at as many points as
// they weigh; a key looks at the ring from several places and takes the server with the nearest point from
// there on. That is as even as many times as many points would be. When that one is left out, or the key does
// not belong to its share yet, the next one on the ring is taken.
#pragma once

#include <vector>

#include "slardar/balance/balancer.h"

namespace hancock::slardar {

class HashRing final : public Balancer {
 public:
  void update(std::span<const Weighted> servers) override;
  std::optional<size_t> pick(const Choice& choice) override;

 private:
  struct Point {
    uint64_t at = 0;
    uint32_t place = 0;
  };
  void index();
  /// The first point from there on, around the ring.
  size_t find(uint64_t at) const;
  bool takes(size_t place, const Choice& choice) const;

  std::vector<Weighted> servers_;
  std::vector<Point> points_;     // in order
  std::vector<uint32_t> starts_;  // of equal parts of the ring: the first point of each
  int shift_ = 0;                 // what of a place on the ring is the number of its part
};

}  // namespace hancock::slardar
