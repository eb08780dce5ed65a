#include "base/signal_name.h"

#include <csignal>
#include <cstring>

#include "base/number.h"

namespace hancock {

std::optional<int> parse_signal(std::string_view text) {
  if (const auto number = parse_number<int>(text))
    return *number > 0 && *number < NSIG ? number : std::nullopt;
  if (text.starts_with("SIG")) text.remove_prefix(3);
  for (int number = 1; number < NSIG; ++number) {
    const char* const name = ::sigabbrev_np(number);
    if (name != nullptr && text == name) return number;
  }
  return std::nullopt;
}

}  // namespace hancock
