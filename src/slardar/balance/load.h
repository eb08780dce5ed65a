// Loads: how many tries are on each server of a balancer's list. Part of the balancers that go by it.
#pragma once

#include <unordered_map>
#include <vector>

#include "slardar/balance/balancer.h"

namespace hancock::slardar {

class Loads {
 public:
  /// Servers that stay keep their count. Gives the place before of each, by its new one; SIZE_MAX: it is new.
  std::vector<size_t> update(std::span<const Weighted> servers) {
    std::unordered_map<uint64_t, size_t> before;
    for (size_t place = 0; place < servers_.size(); ++place) before[servers_[place].identity] = place;
    std::vector<size_t> places_before;
    std::vector<uint32_t> counts;
    for (const Weighted& server : servers) {
      const auto found = before.find(server.identity);
      const size_t place = found == before.end() ? SIZE_MAX : found->second;
      places_before.push_back(place);
      counts.push_back(place == SIZE_MAX ? 0 : counts_[place]);
    }
    servers_.assign(servers.begin(), servers.end());
    counts_ = std::move(counts);
    return places_before;
  }
  void began(size_t place) { ++counts_[place]; }
  /// It may have begun while the server stood in an earlier list, and was not in the one between.
  void ended(size_t place) {
    if (counts_[place] > 0) --counts_[place];
  }

  size_t size() const { return servers_.size(); }
  uint32_t weight(size_t place) const { return servers_[place].weight; }
  uint32_t of(size_t place) const { return counts_[place]; }
  /// Of two, `a` has no more for its weight.
  bool is_lighter(size_t a, size_t b) const {
    return uint64_t{counts_[a]} * weight(b) <= uint64_t{counts_[b]} * weight(a);
  }

 private:
  std::vector<Weighted> servers_;
  std::vector<uint32_t> counts_;
};

}  // namespace hancock::slardar
