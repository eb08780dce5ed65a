// PrometheusText: metrics in Prometheus' text exposition format, version 0.0.4.
//
//   PrometheusText text;
//   text.single("hancock_term", "gauge", "Term of the leader record", 7);
//   text.family("hancock_nodes", "gauge", "Nodes by state");
//   text.sample("hancock_nodes", {{"state", "ready"}}, 3);
//
// A value; any thread.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hancock {

class PrometheusText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Begins a family: its samples follow. `type`: "counter", "gauge" or "histogram".
  void family(std::string_view name, std::string_view type, std::string_view help);
  template <class Number>
  void sample(std::string_view name, Labels labels, Number value) {
    append(name, labels, fmt::to_string(value));
  }
  /// A family of one sample.
  template <class Number>
  void single(std::string_view name, std::string_view type, std::string_view help, Number value) {
    family(name, type, help);
    sample(name, {}, value);
  }
  /// `counts` of each bucket alone, one more than upper `bounds`.
  void histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                 std::span<const uint64_t> counts, double sum);

  std::string take() { return std::move(text_); }

 private:
  void append(std::string_view name, Labels labels, std::string_view value);

  std::string text_;
};

}  // namespace hancock
