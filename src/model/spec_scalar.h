// spec::Scalar: one kind of scalar in a spec (a duration from a to b, a port, one of some words, …): how it
// is read, and what is allowed in words. The kinds that specs use are made by the functions below.
//
//   const Scalar<uint64_t> port = whole_number(1, 65'535);
//
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/spec_report.h"

namespace hancock::model::spec {

template <class V>
struct Scalar {
  std::string allowed;
  std::function<std::optional<V>(std::string_view)> parse;
  std::vector<std::string_view> not_yet;  // right, but not built

  /// nullopt when it is not what it must be, which is reported.
  std::optional<V> read(Report& report, const Place& place) const {
    if (place.is(YamlNode::Kind::kScalar)) {
      for (const std::string_view word : not_yet) {
        if (place.text() == word) return report.unsupported_value(place), std::nullopt;
      }
      if (auto value = parse(place.text())) return value;
    }
    report.wrong(place, allowed);
    return std::nullopt;
  }
};

/// Decimal digits without sign and leading zeros.
Scalar<uint32_t> whole_number(uint32_t min, uint32_t max);
/// The same, with a fraction behind a point if need be.
Scalar<double> decimal(double min, double max);
Scalar<Duration> duration(Duration min, Duration max = std::chrono::hours(24) * 365);
Scalar<uint64_t> size(uint64_t min, uint64_t max);
Scalar<uint64_t> cpu(uint64_t min_millis, uint64_t max_millis);
Scalar<bool> boolean();
/// Of tenants, apps, services, nodes, sites, ports.
Scalar<std::string> name();
/// Any text of at most `size_max` bytes.
Scalar<std::string> text(size_t size_max);
/// Text for which `is_right` holds.
Scalar<std::string> text(std::string allowed, bool (*is_right)(std::string_view));

template <class V>
Scalar<V> one_of(std::vector<std::pair<std::string_view, V>> words,
                 std::vector<std::string_view> not_yet = {}) {
  Scalar<V> result;
  for (const auto& [word, value] : words) {
    result.allowed += (result.allowed.empty() ? "" : words.size() == 2 ? " or " : ", ") + std::string(word);
  }
  if (words.size() > 2) result.allowed = "one of " + result.allowed;
  result.parse = [words = std::move(words)](std::string_view text) -> std::optional<V> {
    for (const auto& [word, value] : words) {
      if (word == text) return value;
    }
    return std::nullopt;
  };
  result.not_yet = std::move(not_yet);
  return result;
}

}  // namespace hancock::model::spec
