#include "cli/log_position.h"

#include <algorithm>

namespace hancock::cli {
namespace {

// Clocks of Nodes differ from ours; what comes twice for it is left out again.
constexpr Duration kSlack = 2min;
constexpr size_t kFractionDigits = 9;

// "…:54Z" and "…:54.2Z" as "…:54.000000000" and "…:54.200000000": texts in the order of their times.
std::string sortable(std::string_view time) {
  if (time.ends_with('Z')) time.remove_suffix(1);
  std::string text(time);
  size_t dot = text.find('.');
  if (dot == std::string::npos) {
    dot = text.size();
    text += '.';
  }
  text.resize(dot + 1 + kFractionDigits, '0');
  return text;
}

}  // namespace

void LogPosition::resume() {
  catching_up_ = printed_ > 0;
  seen_ = 0;
}

bool LogPosition::take(std::string_view time) {
  std::string now = sortable(time);
  if (catching_up_) {
    if (now < last_) return false;
    if (now == last_ && seen_ < printed_) {
      ++seen_;
      return false;
    }
    catching_up_ = false;
  }
  printed_ = now == last_ ? printed_ + 1 : 1;
  last_ = std::move(now);
  return true;
}

std::optional<Duration> LogPosition::reach(WallTime now) const {
  if (!begun()) return std::nullopt;
  const auto last = parse_rfc3339(last_ + "Z");
  if (!last) return std::nullopt;
  return std::max<Duration>(now - *last, Duration{0}) + kSlack;
}

}  // namespace hancock::cli
