#include "model/units.h"

#include <gtest/gtest.h>

namespace hancock::model {
namespace {

TEST(Duration, takes_one_number_with_one_unit) {
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("30s"), Duration(30s));
  EXPECT_EQ(parse_duration("5m"), Duration(5min));
  EXPECT_EQ(parse_duration("1h"), Duration(1h));
  EXPECT_EQ(parse_duration("2d"), Duration(48h));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("0s"), Duration(0s));
  EXPECT_EQ(parse_duration("106751d"), Duration(24h * 106751));
}

TEST(Duration, refuses_everything_else) {
  for (const char* bad : {"", "5", "s", "-1s", "+1s", " 1s", "1s ", "1 s", "1m30s", "1S", "1us", ".5s", "1.s",
                          "1e3s", "0x1s", "106752d", "999999999999999999999s", "0.0000000001s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Duration, error_names_value_and_what_is_allowed) {
  const auto result = parse_duration("5 min");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(result.error().message, "'5 min' is not a number with ms, s, m, h or d, like 30s");
}

TEST(Duration, is_written_in_the_largest_unit_that_is_exact) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(std::chrono::nanoseconds(500'000)), "0.0005s");
  EXPECT_EQ(format_duration(-2s), "-2s");
  EXPECT_EQ(format_duration(Duration::min()), "-9223372036.854775808s");
}

TEST(Size, takes_bytes_and_both_kinds_of_units) {
  EXPECT_EQ(parse_size("1048576"), 1'048'576U);
  EXPECT_EQ(parse_size("128Mi"), 128U << 20);
  EXPECT_EQ(parse_size("1.5Gi"), 3ULL << 29);
  EXPECT_EQ(parse_size("2Ti"), 2ULL << 40);
  EXPECT_EQ(parse_size("4Ki"), 4096U);
  EXPECT_EQ(parse_size("5M"), 5'000'000U);
  EXPECT_EQ(parse_size("1K"), 1'000U);
  EXPECT_EQ(parse_size("3G"), 3'000'000'000U);
  EXPECT_EQ(parse_size("1T"), 1'000'000'000'000U);
}

TEST(Size, refuses_everything_else) {
  for (const char* bad : {"", "Mi", "-1", "1MB", "1mi", "1 Mi", "1.5", "1k", "0.3K1", "9223372036854775808",
                          "99999999Ti", "0x10"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Size, is_written_in_the_largest_binary_unit_that_is_exact) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1'000), "1000");
  EXPECT_EQ(format_size(128U << 20), "128Mi");
  EXPECT_EQ(format_size(1ULL << 40), "1Ti");
}

TEST(Cpu, takes_cores_and_thousandths) {
  EXPECT_EQ(parse_cpu("250m"), 250U);
  EXPECT_EQ(parse_cpu("0.25"), 250U);
  EXPECT_EQ(parse_cpu("2"), 2'000U);
  EXPECT_EQ(parse_cpu("1.250"), 1'250U);
  EXPECT_EQ(format_cpu(250), "250m");
  EXPECT_EQ(format_cpu(2'000), "2");
  EXPECT_EQ(format_cpu(0), "0");
}

TEST(Cpu, refuses_everything_else) {
  for (const char* bad : {"", "m", "0.0001", "0.5m", "-1", "1c", "1 m", "99999999999999999999"}) {
    EXPECT_FALSE(parse_cpu(bad)) << bad;
  }
}

TEST(Rate, takes_bits_a_second) {
  EXPECT_EQ(parse_rate("512kbit"), 512'000U);
  EXPECT_EQ(parse_rate("20Mbit"), 20'000'000U);
  EXPECT_EQ(parse_rate("1Gbit"), 1'000'000'000U);
  for (const char* bad : {"", "20", "20mbit", "20Mb", "20 Mbit", "-1kbit"})
    EXPECT_FALSE(parse_rate(bad)) << bad;
}

}  // namespace
}  // namespace hancock::model
