#include "model/units.h"

#include <fmt/core.h>

#include <array>
#include <limits>
#include <optional>
#include <span>

namespace hancock::model {
namespace {

using Wide = unsigned __int128;

struct Unit {
  std::string_view suffix;
  uint64_t factor;  // of the smallest thing counted: a nanosecond, a byte, …
};

constexpr uint64_t kMillisecond = 1'000'000;
constexpr uint64_t kSecond = 1'000 * kMillisecond;
constexpr std::array<Unit, 5> kDurationUnits{{{"ms", kMillisecond},
                                              {"s", kSecond},
                                              {"m", 60 * kSecond},
                                              {"h", 3'600 * kSecond},
                                              {"d", 86'400 * kSecond}}};
constexpr std::array<Unit, 9> kSizeUnits{{{"", 1},
                                          {"Ki", 1ULL << 10},
                                          {"Mi", 1ULL << 20},
                                          {"Gi", 1ULL << 30},
                                          {"Ti", 1ULL << 40},
                                          {"K", 1'000},
                                          {"M", 1'000'000},
                                          {"G", 1'000'000'000},
                                          {"T", 1'000'000'000'000}}};
constexpr std::array<Unit, 2> kCpuUnits{{{"", 1'000}, {"m", 1}}};
constexpr std::array<Unit, 3> kRateUnits{{{"kbit", 1'000}, {"Mbit", 1'000'000}, {"Gbit", 1'000'000'000}}};

struct Decimal {
  uint64_t digits = 0;  // all of them, without the point
  uint64_t scale = 1;   // digits / scale is the value
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes "12" or "0.25" off the front of `text`: at most 19 digits, so nothing overflows.
std::optional<Decimal> take_decimal(std::string_view& text) {
  constexpr size_t kDigitsMax = 19;
  Decimal result;
  size_t count = 0;
  const auto take_digits = [&](bool fraction) {
    const size_t before = text.size();
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
      if (++count > kDigitsMax) return false;
      result.digits = result.digits * 10 + static_cast<uint64_t>(text.front() - '0');
      if (fraction) result.scale *= 10;
    }
    return text.size() < before;
  };
  if (!take_digits(false)) return std::nullopt;
  if (!text.starts_with('.')) return result;
  text.remove_prefix(1);
  if (!take_digits(true)) return std::nullopt;
  return result;
}

/// The value in the smallest thing counted; nullopt when it is not a whole number of those, or too large.
std::optional<uint64_t> read(std::string_view text, std::span<const Unit> units, uint64_t max) {
  const auto decimal = take_decimal(text);
  if (!decimal) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.suffix != text) continue;
    const Wide product = Wide{decimal->digits} * unit.factor;
    if (product % decimal->scale != 0 || product / decimal->scale > max) return std::nullopt;
    return static_cast<uint64_t>(product / decimal->scale);
  }
  return std::nullopt;
}

Result<uint64_t> read_or_fail(std::string_view text, std::span<const Unit> units, uint64_t max,
                              std::string_view rule) {
  const auto value = read(text, units, max);
  if (!value) return fail(ErrorCode::kInvalid, "'{}' is not {}", text, rule);
  return *value;
}

/// The largest unit that divides `value`, among `units` in growing order.
std::string write(uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->suffix);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  auto nanoseconds = read_or_fail(text, kDurationUnits, kMax, kDurationRule);
  if (!nanoseconds) return forward_error(nanoseconds);
  return Duration(static_cast<int64_t>(*nanoseconds));
}

std::string format_duration(Duration duration) {
  const bool negative = duration.count() < 0;
  const uint64_t count =
      negative ? 0 - static_cast<uint64_t>(duration.count()) : static_cast<uint64_t>(duration.count());
  const std::string_view sign = negative ? "-" : "";
  if (count == 0) return "0s";
  if (count % kMillisecond == 0) return fmt::format("{}{}", sign, write(count, kDurationUnits));
  std::string fraction = fmt::format("{:09}", count % kSecond);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fmt::format("{}{}.{}s", sign, count / kSecond, fraction);
}

Result<uint64_t> parse_size(std::string_view text) {
  return read_or_fail(text, kSizeUnits, std::numeric_limits<int64_t>::max(), kSizeRule);
}

std::string format_size(uint64_t bytes) { return write(bytes, std::span(kSizeUnits).first(5)); }

Result<uint64_t> parse_cpu(std::string_view text) {
  return read_or_fail(text, kCpuUnits, std::numeric_limits<int64_t>::max(), kCpuRule);
}

std::string format_cpu(uint64_t millis) {
  if (millis % 1'000 == 0) return fmt::format("{}", millis / 1'000);
  return fmt::format("{}m", millis);
}

Result<uint64_t> parse_rate(std::string_view text) {
  return read_or_fail(text, kRateUnits, std::numeric_limits<int64_t>::max(), kRateRule);
}

}  // namespace hancock::model
