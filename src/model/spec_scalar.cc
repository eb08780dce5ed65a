#include "model/spec_scalar.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/number.h"
#include "model/names.h"
#include "model/units.h"

namespace hancock::model::spec {
namespace {

/// A value of a unit in [min, max].
template <class V>
Scalar<V> in_units(Result<V> (*parse)(std::string_view), V min, V max, std::string allowed) {
  return {std::move(allowed),
          [=](std::string_view text) -> std::optional<V> {
            const auto value = parse(text);
            if (!value || *value < min || *value > max) return std::nullopt;
            return *value;
          },
          {}};
}

}  // namespace

Scalar<uint32_t> whole_number(uint32_t min, uint32_t max) {
  return {fmt::format("{}..{}", min, max),
          [=](std::string_view text) -> std::optional<uint32_t> {
            const bool leading_zero = text.size() > 1 && text.starts_with('0');
            const auto value = parse_number<uint32_t>(text);
            if (!value || leading_zero || *value < min || *value > max) return std::nullopt;
            return value;
          },
          {}};
}

Scalar<double> decimal(double min, double max) {
  return {fmt::format("{}..{}, like {}", min, max, min + 0.5),
          [=](std::string_view text) -> std::optional<double> {
            const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
            const bool leading_zero = text.size() > 1 && text.starts_with('0') && text[1] != '.';
            const auto value = parse_number<double>(text);
            if (!plain || !value || leading_zero || *value < min || *value > max) return std::nullopt;
            return value;
          },
          {}};
}

Scalar<Duration> duration(Duration min, Duration max) {
  return in_units(parse_duration, min, max,
                  fmt::format("{}..{}: {}", format_duration(min), format_duration(max), kDurationRule));
}

Scalar<uint64_t> size(uint64_t min, uint64_t max) {
  return in_units(parse_size, min, max,
                  fmt::format("{}..{}: {}", format_size(min), format_size(max), kSizeRule));
}

Scalar<uint64_t> cpu(uint64_t min_millis, uint64_t max_millis) {
  return in_units(parse_cpu, min_millis, max_millis,
                  fmt::format("{}..{}: {}", format_cpu(min_millis), format_cpu(max_millis), kCpuRule));
}

Scalar<bool> boolean() { return one_of<bool>({{"true", true}, {"false", false}}); }

Scalar<std::string> name() { return text(fmt::format("a name: {}", kNameRule), is_name); }

Scalar<std::string> text(size_t size_max) {
  return {fmt::format("text of at most {} bytes", size_max),
          [=](std::string_view text) -> std::optional<std::string> {
            if (text.size() > size_max) return std::nullopt;
            return std::string(text);
          },
          {}};
}

Scalar<std::string> text(std::string allowed, bool (*is_right)(std::string_view)) {
  return {std::move(allowed),
          [=](std::string_view text) -> std::optional<std::string> {
            if (!is_right(text)) return std::nullopt;
            return std::string(text);
          },
          {}};
}

}  // namespace hancock::model::spec
