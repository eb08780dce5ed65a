// Contacts: when each Node was last heard of, as this leader knows it. Volatile: a new leader starts with an
// empty one, so that a change of leader never loses a Node. Owned by the shell; loop's thread.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hancock::master {

inline constexpr Duration kSuspectAfter = std::chrono::seconds(10);
inline constexpr Duration kDisconnectedAfter = std::chrono::seconds(30);

class Contacts {
 public:
  explicit Contacts(TimePoint leading_since) : leading_since_(leading_since) {}

  /// The Node's report was accepted, or its assignment stream took a line.
  void heard(std::string_view node, TimePoint now) {
    auto it = last_.find(node);
    if (it == last_.end()) it = last_.emplace(node, now).first;
    it->second = std::max(it->second, now);
  }

  TimePoint leading_since() const { return leading_since_; }
  /// The takeover, for a Node that has not reported since.
  TimePoint last(std::string_view node) const {
    auto it = last_.find(node);
    return it == last_.end() ? leading_since_ : std::max(it->second, leading_since_);
  }
  bool has_reported(std::string_view node) const { return last_.find(node) != last_.end(); }

 private:
  TimePoint leading_since_;
  std::map<std::string, TimePoint, std::less<>> last_;
};

}  // namespace hancock::master
