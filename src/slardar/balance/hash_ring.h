// HashRing: the same key goes to the same server, in every worker and gateway, and stays there when others
// come and go: who leaves, leaves his keys alone to the others, who comes, takes about 1/n of all.
//
// Multi-probe consistent hashing (Appleton and O'Reilly, 2015): servers stand on a ring at as many points as
// they weigh; a key looks at the ring from several places and takes the server with the nearest point from
// there on. That is as even as many times as many points would be. How many points a server has follows from
// his weight alone, so that nobody else's changes when he comes or goes; lest heavy ones have very many, they
// stand on a ring of their own, on which all is nearer by a fixed factor.
//
// Who is left out, or has no share of the key yet, is not there: his keys go to the next one on the ring,
// where they would go without him.
#pragma once

#include <vector>

#include "slardar/balance/balancer.h"
#include "slardar/balance/point_ring.h"

namespace hancock::slardar {

class HashRing final : public Balancer {
 public:
  void update(std::span<const Weighted> servers) override;
  std::optional<size_t> pick(const Choice& choice) override;

 private:
  /// Servers of similar weights.
  struct Class {
    int level = 0;  // a point weighs 16 times as much as one of the class below
    PointRing ring;
  };
  std::optional<size_t> nearest_of_all(uint64_t key) const;
  template <class Usable>
  std::optional<size_t> nearest(uint64_t key, const Usable& usable) const;
  bool takes(size_t place, const Choice& choice) const;

  std::vector<Weighted> servers_;
  std::vector<Class> classes_;  // that have servers
};

}  // namespace hancock::slardar
