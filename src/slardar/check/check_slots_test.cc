#include "slardar/check/check_slots.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

TEST(CheckSlots, those_who_hold_theirs_for_long_get_half_of_them) {
  CheckSlots slots(4);
  EXPECT_TRUE(slots.take(CheckPace::kSlow));
  EXPECT_TRUE(slots.take(CheckPace::kSlow));
  EXPECT_FALSE(slots.take(CheckPace::kSlow));
  EXPECT_TRUE(slots.take(CheckPace::kQuick));
  EXPECT_TRUE(slots.take(CheckPace::kQuick));
  EXPECT_FALSE(slots.take(CheckPace::kQuick));
  EXPECT_EQ(slots.taken(), 4U);
  slots.give(CheckPace::kSlow);
  EXPECT_TRUE(slots.take(CheckPace::kQuick)) << "the others may have all";
  slots.give(CheckPace::kSlow);
  EXPECT_TRUE(slots.take(CheckPace::kSlow));
}

TEST(CheckSlots, one_is_for_whoever_comes) {
  CheckSlots slots(1);
  EXPECT_TRUE(slots.take(CheckPace::kSlow));
  EXPECT_FALSE(slots.take(CheckPace::kQuick));
}

}  // namespace
}  // namespace hancock::slardar
