#include "model/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace hancock::model {
namespace {

TEST(Timestamp, keeps_milliseconds_before_and_after_1970) {
  for (const int64_t ms : {int64_t{0}, int64_t{1769847330250}, int64_t{-1}, int64_t{-1500}}) {
    const WallTime time{std::chrono::milliseconds(ms)};
    EXPECT_GE(to_proto(time).nanos(), 0);
    EXPECT_EQ(from_proto(to_proto(time)), time);
  }
}

TEST(Timestamp, outside_the_years_1_to_9999_is_brought_to_the_nearest) {
  google::protobuf::Timestamp time;
  time.set_seconds(std::numeric_limits<int64_t>::max());
  time.set_nanos(-5);
  EXPECT_EQ(to_rfc3339(from_proto(time)), "9999-12-31T23:59:59.000Z");
  time.set_seconds(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(to_rfc3339(from_proto(time)), "0001-01-01T00:00:00.000Z");
}

TEST(DurationProto, keeps_nanoseconds_and_sign) {
  for (const int64_t ns :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{30'000'000'000}, int64_t{-1'500'000'000}}) {
    EXPECT_EQ(from_proto(to_proto(Duration(ns))), Duration(ns));
  }
}

TEST(DurationProto, that_does_not_fit_is_brought_to_the_nearest) {
  google::protobuf::Duration duration;
  duration.set_seconds(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(from_proto(duration), Duration::max());
  duration.set_seconds(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(from_proto(duration), Duration::min());
}

}  // namespace
}  // namespace hancock::model
