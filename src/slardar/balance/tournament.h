// Tournament: who has the lowest of many ranks, known at once; a rank changes in as many steps as their
// number has bits. Part of LeastConn. Pure.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hancock::slardar {

class Tournament {
 public:
  static constexpr uint64_t kLast = UINT64_MAX;  // a rank that none is behind

  explicit Tournament(size_t players = 0)
      : first_leaf_(std::bit_ceil(std::max<size_t>(players, 1))),
        ranks_(2 * first_leaf_, kLast),
        winners_(ranks_.size()) {
    for (size_t node = ranks_.size(); node-- > 1;)
      winners_[node] = static_cast<uint32_t>(node >= first_leaf_ ? node - first_leaf_ : winners_[2 * node]);
  }

  uint64_t rank(size_t place) const { return ranks_[first_leaf_ + place]; }
  void set(size_t place, uint64_t rank) {
    size_t node = first_leaf_ + place;
    ranks_[node] = rank;
    while (node > 1) {
      node /= 2;
      const size_t left = 2 * node;
      const size_t better = left + (ranks_[left + 1] < ranks_[left]);
      ranks_[node] = ranks_[better];
      winners_[node] = winners_[better];
    }
  }

  /// The lowest, and the first place that has it.
  uint64_t lowest() const { return ranks_[1]; }
  size_t winner() const { return winners_[1]; }

 private:
  size_t first_leaf_;              // nodes as in a heap: 1 is the root, those below n are 2n and 2n + 1
  std::vector<uint64_t> ranks_;    // by node: the lowest below it
  std::vector<uint32_t> winners_;  // whose it is
};

}  // namespace hancock::slardar
