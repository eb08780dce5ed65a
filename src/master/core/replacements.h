// Replacements: how many Tasks have begun in place of lost ones at each Site, and how many more may. Counted
// from the store, so that a change of leader does not begin anew. Pure; lives for one Round.
#pragma once

#include <map>
#include <set>
#include <string>

#include "master/core/leader_time.h"
#include "master/core/state.h"

namespace hancock::master {

/// At most kPerMinute begin within a minute at each Site, whoever leads.
class Replacements {
 public:
  static constexpr size_t kPerMinute = 100;

  Replacements(const State& state, const LeaderTime& time);
  size_t left(const std::string& site) const;
  void take(const std::string& site);
  /// When another may begin.
  WallTime next(const std::string& site) const;

 private:
  WallTime wall_;
  std::map<std::string, std::multiset<WallTime>> count_until_;  // of those within the last minute
};

}  // namespace hancock::master
