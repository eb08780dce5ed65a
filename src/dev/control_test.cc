#include "dev/control.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace hancock::dev {
namespace {

TEST(ParseSignal, takes_names_with_and_without_sig_and_numbers) {
  EXPECT_EQ(parse_signal("KILL").value(), SIGKILL);
  EXPECT_EQ(parse_signal("SIGTERM").value(), SIGTERM);
  EXPECT_EQ(parse_signal("STOP").value(), SIGSTOP);
  EXPECT_EQ(parse_signal("9").value(), SIGKILL);
  for (const char* bad : {"", "0", "-9", "65", "9x", "kill", "NOPE"}) {
    EXPECT_EQ(parse_signal(bad).error().code, ErrorCode::kInvalid) << bad;
  }
}

TEST(Control, a_folder_without_a_cluster_is_said_so) {
  EXPECT_EQ(start("/no/such/folder", "gateway-1").error().message, "/no/such/folder holds no cluster");
}

}  // namespace
}  // namespace hancock::dev
