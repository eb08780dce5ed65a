#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace hancock {
namespace {

TEST(ParseNumber, takes_the_whole_text_or_nothing) {
  EXPECT_EQ(parse_number<int>("-17"), -17);
  EXPECT_EQ(parse_number<uint8_t>("255"), 255);
  for (const char* wrong : {"", " 1", "1 ", "+1", "0x1", "1.0", "256", "-1"})
    EXPECT_EQ(parse_number<uint8_t>(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace hancock
