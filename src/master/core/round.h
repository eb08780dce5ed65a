// Round: one run of reconcile: what it decides from, and the Plan that its steps write. Lives for that run.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "master/core/leader_time.h"
#include "master/core/reconcile.h"
#include "master/core/replacements.h"
#include "master/core/rooms.h"
#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {

/// A Node that is heard has given a full report by then, or something keeps it from doing so.
inline constexpr Duration kReportPatience = std::chrono::minutes(2);

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

  LeaderTime time() const { return {now, wall, contacts.since()}; }
  WallTime deadline(WallTime since, Duration limit) const { return time().deadline(since, limit); }
  WallTime deadline(const google::protobuf::Timestamp& since, Duration limit) const {
    return deadline(model::from_proto(since), limit);
  }

  /// What each Node has left, as this round's placements leave it.
  Rooms& rooms() {
    if (!rooms_here) rooms_here = rooms_of(state, contacts, now);
    return *rooms_here;
  }
  Replacements& replacements() {
    if (!replacements_here) replacements_here.emplace(state, time());
    return *replacements_here;
  }
  /// The entrances that a Service holds, by their names.
  const std::set<std::string>& claims_of(const ServiceRef& service);

  Duration silence(std::string_view node) const { return now - contacts.last(node); }

  /// After a takeover nothing is started or stopped for a Node until it has reported or is disconnected. One
  /// that is heard and cannot report (its Agent does not reach its containerd) is taken as the records say
  /// once its time is over: what it is told is fenced all the same.
  bool is_settled(std::string_view node) const {
    return contacts.has_reported(node) || now >= settles_at(node);
  }
  /// At the latest, if nothing more comes of it.
  TimePoint settles_at(std::string_view node) const {
    return std::min(contacts.last(node) + kDisconnectedAfter, contacts.since() + kReportPatience);
  }
};

}  // namespace hancock::master
