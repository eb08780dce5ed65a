// Units as people write them: durations, sizes, CPU, rates. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace hancock::model {

/// What each of them must look like, for messages.
inline constexpr std::string_view kDurationRule = "a number with ms, s, m, h or d, like 30s";
inline constexpr std::string_view kSizeRule =
    "bytes, or a number with Ki, Mi, Gi, Ti, K, M, G or T, like 128Mi";
inline constexpr std::string_view kCpuRule =
    "cores with at most three decimals, or thousandths with m, like 250m";
inline constexpr std::string_view kRateRule = "a number with kbit, Mbit or Gbit, like 20Mbit";

/// "250ms", "30s", "5m", "1h", "2d", "1.5s"; a number with one unit, not negative, a whole number of
/// nanoseconds. kInvalid says what is allowed.
Result<Duration> parse_duration(std::string_view text);
/// The shortest exact form: 90 s -> "90s", 120 s -> "2m", 1500 ms -> "1500ms", 0 -> "0s"; below a
/// millisecond as decimals of a second, "0.0005s".
std::string format_duration(Duration duration);

/// Bytes: "1048576", "128Mi", "1Gi" (1024), "5M" (1000), "1.5Gi"; below 2^63.
Result<uint64_t> parse_size(std::string_view text);
std::string format_size(uint64_t bytes);

/// Thousandths of a core: "250m" -> 250, "0.25" -> 250, "2" -> 2000. At most three decimals.
Result<uint64_t> parse_cpu(std::string_view text);
std::string format_cpu(uint64_t millis);

/// Bits a second: "20Mbit", "512kbit", "1Gbit" (1000).
Result<uint64_t> parse_rate(std::string_view text);

}  // namespace hancock::model
