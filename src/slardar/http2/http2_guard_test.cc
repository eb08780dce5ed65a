#include "slardar/http2/http2_guard.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

using Event = Http2Guard::Event;

int allowed(Http2Guard& guard, Event event, TimePoint now) {
  int count = 0;
  while (guard.allow(event, now)) ++count;
  return count;
}

TEST(Http2Guard, each_kind_has_a_bucket_that_fills_again) {
  const TimePoint begin{};
  Http2Guard guard(begin);
  EXPECT_EQ(allowed(guard, Event::kReset, begin), 200);
  EXPECT_EQ(allowed(guard, Event::kPing, begin), 100);
  EXPECT_EQ(allowed(guard, Event::kReset, begin + 1s), 20);
  EXPECT_EQ(allowed(guard, Event::kReset, begin + 1h), 200);
}

TEST(Http2Guard, some_are_too_many_at_once) {
  Http2Guard guard(TimePoint{});
  EXPECT_FALSE(guard.allow(Event::kContinuation, TimePoint{} + 1h));
  EXPECT_FALSE(guard.allow(Event::kHeadTooLarge, TimePoint{} + 1h));
}

TEST(Http2Guard, window_updates_are_earned_by_data) {
  const TimePoint begin{};
  Http2Guard guard(begin);
  EXPECT_EQ(allowed(guard, Event::kWindowUpdate, begin), 1'000);
  guard.earn(Event::kWindowUpdate, 8);
  EXPECT_EQ(allowed(guard, Event::kWindowUpdate, begin), 8);
  guard.earn(Event::kWindowUpdate, 1e9);
  EXPECT_EQ(allowed(guard, Event::kWindowUpdate, begin), 1'000);
}

}  // namespace
}  // namespace hancock::slardar
