#include "master/event_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "hancock/model.pb.h"
#include "model/json.h"

namespace hancock::master {
namespace {

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

EventPlace place_of(const model::Event& event) {
  const auto epoch = parse_number(std::string_view(event.id()).substr(0, event.id().find('-')));
  return {epoch.value_or(0), event.number()};
}

}  // namespace

std::string EventPlace::to_string() const { return fmt::format("{}-{}", epoch, number); }

void EventLog::follow(const Batches& batches) {
  if (batches.empty()) {
    events_.clear();
    last_batch_ = 0;
    return;
  }
  const int64_t kept_from = batches.begin()->first;
  while (!events_.empty() && events_.front().place.number < kept_from) events_.pop_front();
  for (auto batch = batches.upper_bound(last_batch_); batch != batches.end(); ++batch) {
    for (const model::Event& event : batch->second.value.events()) {
      const EventPlace place = place_of(event);
      if (!events_.empty() && place <= events_.back().place) continue;
      events_.push_back({.place = place,
                         .kind = event.kind(),
                         .tenant = event.tenant(),
                         .app = event.app(),
                         .json = model::to_json(event)});
    }
    last_batch_ = batch->first;
  }
}

std::optional<EventPlace> EventLog::oldest() const {
  if (events_.empty()) return std::nullopt;
  return events_.front().place;
}

std::optional<EventPlace> EventLog::newest() const {
  if (events_.empty()) return std::nullopt;
  return events_.back().place;
}

bool EventLog::continues(EventPlace place) const {
  if (events_.empty()) return true;
  const EventPlace& first = events_.front().place;
  return place >= first || (place.epoch == first.epoch && place.number + 1 == first.number);
}

const LoggedEvent* EventLog::after(EventPlace place) const {
  const auto found = std::upper_bound(
      events_.begin(), events_.end(), place,
      [](const EventPlace& wanted, const LoggedEvent& event) { return wanted < event.place; });
  return found == events_.end() ? nullptr : &*found;
}

std::optional<EventPlace> parse_place(std::string_view text, int64_t epoch) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    const auto number = parse_number(text);
    if (!number) return std::nullopt;
    return EventPlace{epoch, *number};
  }
  const auto first = parse_number(text.substr(0, dash));
  const auto number = parse_number(text.substr(dash + 1));
  if (!first || !number) return std::nullopt;
  return EventPlace{*first, *number};
}

}  // namespace hancock::master
