// Witnesses: who has seen more of the store's history than the store has: it was restored from an older copy
// while this Master was not there to notice. What they have seen must not count for what comes, so the leader
// takes over again with a higher epoch. Plain data, of one reign.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "hancock/wire.pb.h"
#include "master/core/state.h"

namespace hancock::master {

class Witnesses {
 public:
  /// Who leads, in a store that is what `state` shows.
  Witnesses(int64_t epoch, int64_t term) : epoch_(epoch), term_(term) {}

  /// True when its Agent has heard a later leader, or this one say more than there is. One who has heard an
  /// earlier leader of this epoch say more counts, too, until there is as much: by then it may have been a
  /// mirror that lags.
  bool hear(const model::NodeReport& report, const State& state) {
    const std::pair seen(report.epoch(), report.term());
    const std::pair own(epoch_, term_);
    const bool knows_more = report.epoch() == epoch_ && report.revision() > state.revision().value();
    const bool is_ahead = seen > own || (seen == own && knows_more);
    if (is_ahead || knows_more)
      note("node " + report.node(), report.epoch(), is_ahead ? INT64_MAX : report.revision());
    return is_ahead;
  }

  /// Gateways that have applied what is not there: no record of theirs can be older than what it tells of.
  void look(const State& state) {
    for (const auto& [id, gateway] : state.gateways()) {
      const registry::Position& applied = gateway.value.applied;
      if (applied > registry::Position{epoch_, gateway.revision})
        note("gateway " + id, applied.epoch, INT64_MAX);
    }
  }

  /// The epoch that all of them were in at most, once there are enough: two, or the only Node that lives.
  std::optional<int64_t> agreed(const State& state) const {
    const auto lives = [](const auto& node) {
      return node.second.value.state() != model::NODE_STATE_LOST &&
             node.second.value.state() != model::NODE_STATE_DISCONNECTED;
    };
    const auto counts = [&](const auto& witness) { return witness.second > state.revision().value(); };
    const auto enough = std::clamp<std::ptrdiff_t>(std::ranges::count_if(state.nodes(), lives), 1, 2);
    if (std::ranges::count_if(who_, counts) < enough) return std::nullopt;
    return seen_;
  }
  /// By name; each counts while the store is below that revision.
  const std::map<std::string, int64_t>& who() const { return who_; }

 private:
  /// No store is restored so often: a number beyond that is a mistake of whoever says it.
  static constexpr int64_t kAheadMax = 1'000'000;

  void note(std::string who, int64_t epoch, int64_t until) {
    if (epoch > epoch_ + kAheadMax) return;
    int64_t& counts_until = who_[std::move(who)];
    counts_until = std::max(counts_until, until);
    seen_ = std::max(seen_, epoch);
  }

  int64_t epoch_;
  int64_t term_;
  int64_t seen_ = 0;
  std::map<std::string, int64_t> who_;
};

}  // namespace hancock::master
