#include "slardar/http2/http2_stream_numbers.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

TEST(Http2StreamNumbers, what_was_passed_over_is_closed_for_good) {
  Http2StreamNumbers numbers;
  EXPECT_TRUE(numbers.begin(1));
  EXPECT_TRUE(numbers.begin(7));
  EXPECT_FALSE(numbers.begin(3));
  EXPECT_FALSE(numbers.begin(5));
  EXPECT_TRUE(numbers.begin(9));
  EXPECT_FALSE(numbers.begin(5));
}

TEST(Http2StreamNumbers, trailers_stand_on_a_number_that_was_used) {
  Http2StreamNumbers numbers;
  for (const int32_t stream : {5, 7, 5, 7, 5}) EXPECT_TRUE(numbers.begin(stream));
}

TEST(Http2StreamNumbers, the_highest_number_is_one) {
  Http2StreamNumbers numbers;
  EXPECT_TRUE(numbers.begin(INT32_MAX));
  EXPECT_TRUE(numbers.begin(INT32_MAX));
  EXPECT_FALSE(numbers.begin(INT32_MAX - 2));
}

TEST(Http2StreamNumbers, only_so_many_are_remembered) {
  Http2StreamNumbers numbers;
  constexpr int32_t kRanges = Http2StreamNumbers::kPassedOverMax + 1;
  for (int32_t i = 0; i < kRanges; ++i) EXPECT_TRUE(numbers.begin(4 * i + 3));
  EXPECT_TRUE(numbers.begin(1));  // forgotten
  EXPECT_FALSE(numbers.begin(5));
}

}  // namespace
}  // namespace hancock::slardar
