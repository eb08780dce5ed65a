// Round: one run of reconcile: what it decides from, and the Plan that its steps write. Lives for that run.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "master/core/reconcile.h"
#include "master/core/replacements.h"
#include "master/core/rooms.h"
#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {

/// No wall clock is believed to be wrong by more.
inline constexpr Duration kWallErrorMax = std::chrono::hours(2);

struct Round {
  const State& state;
  const Contacts& contacts;
  const TimePoint now;
  const WallTime wall;
  Random& random;
  std::map<std::string, std::string> leaving_by{};  // Task -> the barrier that lists it
  std::set<std::string> frozen{};                   // Sites: what was lost there is not replaced
  std::set<std::string> renewed{};                  // Nodes whose nodes/<node> a Change puts anew
  Plan plan{};
  // Made when the first step asks for them.
  std::optional<Rooms> rooms_here{};
  std::optional<Replacements> replacements_here{};
  std::optional<std::map<ServiceRef, std::set<std::string>>> claims{};

  void add(Change change) {
    if (!change.empty()) plan.changes.push_back(std::move(change));
  }
  void look_again(TimePoint when) { plan.next = std::min(plan.next, std::max(when, now)); }
  void look_again(WallTime when) { look_again(now + std::max<Duration>(when - wall, Duration(0))); }

  /// When `limit` from `since` on is over. This leader's own clocks decide: they count from when they began
  /// at the earliest, whatever wall clock wrote `since`, and however long nobody could act. But however often
  /// leaders change it ends kWallErrorMax after what the records say.
  WallTime deadline(WallTime since, Duration limit) const {
    const auto timed = std::chrono::duration_cast<std::chrono::milliseconds>(now - contacts.since());
    return std::min(later(std::max(since, wall - timed), limit), later(later(since, limit), kWallErrorMax));
  }
  WallTime deadline(const google::protobuf::Timestamp& since, Duration limit) const {
    return deadline(model::from_proto(since), limit);
  }

  /// What each Node has left, as this round's placements leave it.
  Rooms& rooms() {
    if (!rooms_here) rooms_here = rooms_of(state, contacts, now);
    return *rooms_here;
  }
  Replacements& replacements() {
    if (!replacements_here) replacements_here.emplace(state, wall);
    return *replacements_here;
  }
  /// The entrances that a Service holds, by their names.
  const std::set<std::string>& claims_of(const ServiceRef& service);

  Duration silence(std::string_view node) const { return now - contacts.last(node); }

  /// After a takeover nothing is started or stopped for a Node until it has reported or is disconnected.
  bool is_settled(std::string_view node) const {
    return contacts.has_reported(node) || silence(node) >= kDisconnectedAfter;
  }
};

}  // namespace hancock::master
