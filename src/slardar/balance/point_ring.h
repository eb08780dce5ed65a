// PointRing: points on a circle of 2^32 places, each of them a server's; finds the next one from anywhere, in
// constant time. Part of the HashRing. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "slardar/balance/balancer.h"

namespace hancock::slardar {

class PointRing {
 public:
  struct Found {
    uint32_t place = 0;  // of the server
    uint32_t distance = 0;
  };

  void add(uint32_t at, uint32_t place) { points_.push_back({at, place}); }
  /// After the last one. Where two stand at the same point, the smaller identity comes first.
  void settle(std::span<const Weighted> servers);

  /// The first point from there on, around the circle, whose server is usable: `usable(place)`.
  template <class Usable>
  std::optional<Found> find(uint32_t from, const Usable& usable) const {
    size_t i = starts_[from >> shift_];
    while (i < points_.size() && points_[i].at < from) ++i;
    for (size_t looked_at = 0; looked_at < points_.size(); ++looked_at, ++i) {
      if (i >= points_.size()) i = 0;
      if (usable(points_[i].place)) return Found{points_[i].place, points_[i].at - from};
    }
    return std::nullopt;
  }

 private:
  struct Point {
    uint32_t at = 0;
    uint32_t place = 0;
  };
  std::vector<Point> points_;     // in order
  std::vector<uint32_t> starts_;  // of equal parts of the circle: the first point from there on
  int shift_ = 0;                 // what of a place on the circle is the number of its part
};

}  // namespace hancock::slardar
