#include "base/prometheus.h"

#include <gtest/gtest.h>

#include <array>

namespace hancock {
namespace {

TEST(PrometheusText, writes_families_with_help_type_and_samples) {
  PrometheusText text;
  text.single("a_total", "counter", "How many", 3);
  text.family("b", "gauge", "By name");
  text.sample("b", {{"name", "x\\y\"z\n"}, {"site", "s"}}, 0.5);
  EXPECT_EQ(text.take(),
            "# HELP a_total How many\n# TYPE a_total counter\na_total 3\n"
            "# HELP b By name\n# TYPE b gauge\nb{name=\"x\\\\y\\\"z\\n\",site=\"s\"} 0.5\n");
}

TEST(PrometheusText, cumulates_a_histogram) {
  PrometheusText text;
  constexpr std::array<double, 2> kBounds{0.001, 1};
  constexpr std::array<uint64_t, 3> kCounts{1, 0, 2};
  text.histogram("t_seconds", "Time", kBounds, kCounts, 4.5);
  EXPECT_EQ(text.take(),
            "# HELP t_seconds Time\n# TYPE t_seconds histogram\n"
            "t_seconds_bucket{le=\"0.001\"} 1\nt_seconds_bucket{le=\"1\"} 1\n"
            "t_seconds_bucket{le=\"+Inf\"} 3\nt_seconds_sum 4.5\nt_seconds_count 3\n");
}

}  // namespace
}  // namespace hancock
