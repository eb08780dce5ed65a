// EventLog: the Events that are kept, in memory, in order, as JSON: what every reader of events is served
// from.
//
// Follows the State: whole batches come in order and go in order. A reader keeps the place of the
// last Event that it was given and asks for what follows; one whose place has gone is told the oldest that is
// left, never served past a hole. Loop's thread only.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "master/core/state.h"

namespace hancock::master {

/// Where an Event stands: epoch first, then its number.
struct EventPlace {
  int64_t epoch = 0;
  int64_t number = 0;
  friend auto operator<=>(const EventPlace&, const EventPlace&) = default;
  /// "1-17", as in Event.id.
  std::string to_string() const;
};

/// One Event, rendered once for all its readers.
struct LoggedEvent {
  EventPlace place;
  std::string kind;
  std::string tenant;
  std::string app;
  std::string json;  // one line, no line end
};

class EventLog {
 public:
  using Batches = std::map<int64_t, Stored<model::EventBatch>, std::less<>>;  // State::events()

  /// Takes over what has come and gone since the last time.
  void follow(const Batches& batches);

  bool empty() const { return events_.empty(); }
  size_t size() const { return events_.size(); }
  std::optional<EventPlace> oldest() const;
  std::optional<EventPlace> newest() const;

  /// True when nothing after `place` has been compacted away.
  bool continues(EventPlace place) const;
  /// The first Event after `place`; null when there is none yet. Valid until follow().
  const LoggedEvent* after(EventPlace place) const;

 private:
  std::deque<LoggedEvent> events_;
  int64_t last_batch_ = 0;  // its first number
};

/// "17" or "1-17" (a bare number is of `epoch`); nullopt for anything else.
std::optional<EventPlace> parse_place(std::string_view text, int64_t epoch);

}  // namespace hancock::master
