// Witnesses: who has seen more of the store's history than the store has: it was restored from an older copy
// while this Master was not there to notice. What they have seen must not count for what comes, so the leader
// takes over again with a higher epoch. Plain data, of one reign.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "hancock/wire.pb.h"
#include "master/core/state.h"

namespace hancock::master {

class Witnesses {
 public:
  /// Who leads, in a store that is what `state` shows.
  Witnesses(int64_t epoch, int64_t term) : epoch_(epoch), term_(term) {}

  /// True when its Agent has heard a later leader, or this one say more than there is.
  bool hear(const model::NodeReport& report, const State& state) {
    const std::pair seen(report.epoch(), report.term());
    const std::pair own(epoch_, term_);
    const bool is_ahead = seen > own || (seen == own && report.revision() > state.revision().value());
    if (is_ahead) note("node " + report.node(), report.epoch());
    return is_ahead;
  }

  /// Gateways that have applied what is not there: no record of theirs can be older than what it tells of.
  void look(const State& state) {
    for (const auto& [id, gateway] : state.gateways()) {
      const registry::Position& applied = gateway.value.applied;
      if (applied > registry::Position{epoch_, gateway.revision}) note("gateway " + id, applied.epoch);
    }
  }

  /// The epoch that all of them were in at most, once there are enough: two, or the only Node there is.
  std::optional<int64_t> agreed(const State& state) const {
    const size_t enough = std::clamp<size_t>(state.nodes().size(), 1, 2);
    if (who_.size() < enough) return std::nullopt;
    return seen_;
  }
  const std::set<std::string>& who() const { return who_; }

 private:
  /// No store is restored so often: a number beyond that is a mistake of whoever says it.
  static constexpr int64_t kAheadMax = 1'000'000;

  void note(std::string who, int64_t epoch) {
    if (epoch > epoch_ + kAheadMax) return;
    who_.insert(std::move(who));
    seen_ = std::max(seen_, epoch);
  }

  int64_t epoch_;
  int64_t term_;
  int64_t seen_ = 0;
  std::set<std::string> who_;
};

}  // namespace hancock::master
