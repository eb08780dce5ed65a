#include "slardar/balance/point_ring.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hancock::slardar {

// Points are spread evenly, so that almost all are in order once each stands in its part: a hundred servers
// have tens of thousands of them, and a worker waits for this.
void PointRing::settle(std::span<const Weighted> servers) {
  const size_t parts = std::bit_ceil(std::max<size_t>(points_.size(), 2));
  shift_ = 32 - std::countr_zero(parts);
  starts_.assign(parts, 0);
  for (const Point& point : points_) ++starts_[point.at >> shift_];
  uint32_t before = 0;
  for (uint32_t& start : starts_) before += std::exchange(start, before);
  std::vector<uint32_t> next = starts_;
  std::vector<Point> placed(points_.size());
  for (const Point& point : points_) placed[next[point.at >> shift_]++] = point;
  const auto comes_before = [&](const Point& a, const Point& b) {
    return a.at != b.at ? a.at < b.at : servers[a.place].identity < servers[b.place].identity;
  };
  for (size_t i = 1; i < placed.size(); ++i) {
    for (size_t j = i; j > 0 && comes_before(placed[j], placed[j - 1]); --j)
      std::swap(placed[j], placed[j - 1]);
  }
  count_ = placed.size();
  placed.push_back({UINT32_MAX, 0});
  points_ = std::move(placed);
}

}  // namespace hancock::slardar
