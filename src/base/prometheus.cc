#include "base/prometheus.h"

#include <iterator>

namespace hancock {

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void PrometheusText::histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                               std::span<const uint64_t> counts, double sum) {
  family(name, "histogram", help);
  const std::string bucket = fmt::format("{}_bucket", name);
  uint64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string bound = i < bounds.size() ? fmt::format("{:g}", bounds[i]) : "+Inf";
    sample(bucket, {{"le", bound}}, total);
  }
  sample(fmt::format("{}_sum", name), {}, sum);
  sample(fmt::format("{}_count", name), {}, total);
}

void PrometheusText::append(std::string_view name, Labels labels, std::string_view value) {
  text_ += name;
  char separator = '{';
  for (const auto& [label, content] : labels) {
    fmt::format_to(std::back_inserter(text_), "{}{}=\"", separator, label);
    for (const char c : content) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
    }
    text_ += '"';
    separator = ',';
  }
  if (labels.size() > 0) text_ += '}';
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

}  // namespace hancock
