// Signals by name or number, as people write them. Any thread.
#pragma once

#include <optional>
#include <string_view>

namespace hancock {

/// "SIGTERM", "TERM" or "15". nullopt: there is no such signal.
std::optional<int> parse_signal(std::string_view text);

}  // namespace hancock
