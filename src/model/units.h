// Units as people write them: durations, sizes, CPU, rates. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace hancock::model {

/// "250ms", "30s", "5m", "1h", "2d"; a number with one unit, not negative. kInvalid says what is allowed.
Result<Duration> parse_duration(std::string_view text);
/// The shortest exact form: 90 s -> "90s", 120 s -> "2m", 1500 ms -> "1500ms".
std::string format_duration(Duration duration);

/// Bytes: "1048576", "128Mi", "1Gi" (1024), "5M" (1000).
Result<uint64_t> parse_size(std::string_view text);
std::string format_size(uint64_t bytes);

/// Thousandths of a core: "250m" -> 250, "0.25" -> 250, "2" -> 2000. At most three decimals.
Result<uint64_t> parse_cpu(std::string_view text);
std::string format_cpu(uint64_t millis);

/// Bits a second: "20Mbit", "512kbit", "1Gbit" (1000).
Result<uint64_t> parse_rate(std::string_view text);

}  // namespace hancock::model
