#include "base/signal_name.h"

#include <gtest/gtest.h>

#include <csignal>

namespace hancock {
namespace {

TEST(ParseSignal, knows_names_with_and_without_sig_and_numbers) {
  EXPECT_EQ(parse_signal("SIGTERM"), SIGTERM);
  EXPECT_EQ(parse_signal("INT"), SIGINT);
  EXPECT_EQ(parse_signal("9"), SIGKILL);
  for (const char* wrong : {"", "SIG", "SIGNOTHING", "term", "0", "-9", "1000"})
    EXPECT_EQ(parse_signal(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace hancock
