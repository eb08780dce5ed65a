// The small languages inside a record: names, ids, durations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/number.h"
#include "registry/json_reader.h"

namespace hancock::registry {
namespace {

constexpr size_t kNameMax = 40;
constexpr size_t kIdMax = 128;

struct Unit {
  std::string_view suffix;
  int64_t ms;
};
// Longest first, so that the largest one that divides is found first.
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kNameMax || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > kIdMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  });
}

std::optional<uint32_t> parse_version(std::string_view text) {
  if (text.starts_with('0')) return std::nullopt;  // "03" and "3" would be one Version twice
  return parse_number<uint32_t>(text);
}

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 1) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<size_t>(end - text.data()));
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return each.suffix == suffix; });
  int64_t ms = 0;
  if (unit == kUnits.end() || __builtin_mul_overflow(count, unit->ms, &ms)) return std::nullopt;
  return ms;
}

std::string format_duration_ms(int64_t ms) {
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return ms % each.ms == 0; });
  return fmt::format("{}{}", ms / unit->ms, unit->suffix);
}

}  // namespace hancock::registry
