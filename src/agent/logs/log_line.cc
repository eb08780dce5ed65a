#include "agent/logs/log_line.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace hancock::agent {

std::optional<std::string> to_utc(std::string_view time) {
  if (time.ends_with('Z')) return parse_rfc3339(time) ? std::optional(std::string(time)) : std::nullopt;
  constexpr size_t kZoneSize = 6;  // "+01:00"
  if (time.size() <= kZoneSize) return std::nullopt;
  const std::string zone(time.substr(time.size() - kZoneSize));
  const auto local = parse_rfc3339(std::string(time.substr(0, time.size() - kZoneSize)) + "Z");
  char sign = 0;
  int hours = 0, minutes = 0;
  if (!local || std::sscanf(zone.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3) return std::nullopt;
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return to_rfc3339(sign == '+' ? *local - offset : *local + offset);
}

std::optional<LogLine> parse_log_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t second = line.find(' ', first + 1);
  const size_t third = line.find(' ', second + 1);
  if (first == std::string_view::npos || second == std::string_view::npos ||
      third == std::string_view::npos) {
    return std::nullopt;
  }
  const auto time = to_utc(line.substr(0, first));
  const std::string_view stream = line.substr(first + 1, second - first - 1);
  const std::string_view tags = line.substr(second + 1, third - second - 1);
  if (!time || (stream != "stdout" && stream != "stderr")) return std::nullopt;
  if (!tags.starts_with('F') && !tags.starts_with('P')) return std::nullopt;
  return LogLine{*time, std::string(stream), std::string(line.substr(third + 1)), tags.starts_with('P')};
}

std::string to_ndjson(const LogLine& line) {
  const nlohmann::ordered_json json = {{"time", line.time}, {"stream", line.stream}, {"line", line.text}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace hancock::agent
