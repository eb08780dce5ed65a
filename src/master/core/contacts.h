// Contacts: when each Node was last heard of, as this leader knows it. Volatile: a new leader starts with an
// empty one, so that a change of leader never loses a Node. Owned by the shell; loop's thread.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "master/core/report_order.h"

namespace hancock::master {

/// A sign of life comes every two seconds: one is late.
inline constexpr Duration kLateAfter = std::chrono::milliseconds(2'500);
/// Two did not come.
inline constexpr Duration kSilentAfter = std::chrono::seconds(4);
inline constexpr Duration kSuspectAfter = std::chrono::seconds(10);
inline constexpr Duration kDisconnectedAfter = std::chrono::seconds(30);
/// A leader that could not act for longer than this could not hear either.
inline constexpr Duration kGapMax = std::chrono::seconds(2);

class Contacts {
 public:
  explicit Contacts(TimePoint leading_since) : since_(leading_since), acting_(leading_since) {}

  /// A report of the Node has come, whatever became of it.
  void heard(std::string_view node, TimePoint now) {
    auto it = last_.find(node);
    if (it == last_.end()) it = last_.emplace(node, now).first;
    it->second = std::max(it->second, now);
  }
  /// False: a later report of its Agent was taken before, and this one is not.
  bool take_in_order(const model::NodeReport& report) { return order_.take(report); }
  /// A full report of the Node is in the State.
  void reported(std::string_view node) { reported_.emplace(node); }

  /// This leader may act at `now`: told at every tick and before every decision. After a gap (it was stopped,
  /// its store was away) silence says nothing: all Nodes' clocks start anew.
  void acting(TimePoint now) {
    if (now - acting_ > kGapMax) since_ = now;
    acting_ = std::max(acting_, now);
  }

  /// Since when the clocks run: the takeover, or the end of the last gap.
  TimePoint since() const { return since_; }
  /// since(), for a Node that was not heard of after it.
  TimePoint last(std::string_view node) const {
    auto it = last_.find(node);
    return it == last_.end() ? since_ : std::max(it->second, since_);
  }
  /// How long nothing may come of it before that says anything: a Node that was not heard of since the clocks
  /// began has yet to find this leader.
  Duration patience(std::string_view node) const {
    if (is_heard(node)) return kSilentAfter;
    return has_reported(node) ? kSuspectAfter : kDisconnectedAfter;
  }
  /// Since the clocks began.
  bool is_heard(std::string_view node) const {
    auto it = last_.find(node);
    return it != last_.end() && it->second >= since_;
  }
  /// It was heard of, whatever the clocks began with.
  bool was_heard_within(std::string_view node, Duration span, TimePoint now) const {
    auto it = last_.find(node);
    return it != last_.end() && now - it->second < span;
  }
  /// In this reign.
  bool has_reported(std::string_view node) const { return reported_.contains(node); }

 private:
  TimePoint since_;
  TimePoint acting_;
  std::map<std::string, TimePoint, std::less<>> last_;
  std::set<std::string, std::less<>> reported_;
  ReportOrder order_;
};

}  // namespace hancock::master
