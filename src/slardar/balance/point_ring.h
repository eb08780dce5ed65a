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

  /// The first point from there on, around the circle.
  Found next(uint32_t from) const {
    const Point& point = points_[next_point(from)];
    return {point.place, point.at - from};
  }
  /// The first whose server is usable: `usable(place)`.
  template <class Usable>
  std::optional<Found> find(uint32_t from, const Usable& usable) const {
    size_t i = next_point(from);
    for (size_t looked_at = 0; looked_at < count_; ++looked_at, ++i) {
      if (i == count_) i = 0;
      if (usable(points_[i].place)) return Found{points_[i].place, points_[i].at - from};
    }
    return std::nullopt;
  }

 private:
  struct Point {
    uint32_t at = 0;
    uint32_t place = 0;
  };
  // A part has about one point: how many of them lie before `from` is decided without a branch that cannot be
  // foreseen.
  size_t next_point(uint32_t from) const {
    size_t i = starts_[from >> shift_];
    i += points_[i].at < from;
    i += points_[i].at < from;
    while (points_[i].at < from) ++i;
    return i == count_ ? 0 : i;
  }

  std::vector<Point> points_;     // in order; then one that nothing lies behind
  size_t count_ = 0;              // without that one
  std::vector<uint32_t> starts_;  // of equal parts of the circle: the first point from there on
  int shift_ = 0;                 // what of a place on the circle is the number of its part
};

}  // namespace hancock::slardar
