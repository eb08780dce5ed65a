#include "base/clock.h"

#include <gtest/gtest.h>

namespace hancock {
namespace {

TEST(Rfc3339, reads_back_what_it_wrote) {
  const WallTime time{std::chrono::milliseconds(1769847330250)};
  EXPECT_EQ(to_rfc3339(time), "2026-01-31T08:15:30.250Z");
  EXPECT_EQ(parse_rfc3339("2026-01-31T08:15:30.250Z"), time);
  EXPECT_EQ(parse_rfc3339("2026-01-31T08:15:30.25Z"), time);
}

TEST(Rfc3339, refuses_other_zones_wrong_days_and_rests) {
  for (const char* bad :
       {"", "2026-01-31", "2026-01-31T08:15:30", "2026-02-31T08:15:30Z", "2026-01-31T25:15:30Z",
        "2026-01-31T08:15:30+01:00", "2026-01-31T08:15:30.Z", "2026-01-31T08:15:30Zx"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

}  // namespace
}  // namespace hancock
