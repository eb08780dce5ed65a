#include "cli/progress.h"

#include <gtest/gtest.h>

namespace hancock::cli {
namespace {

TEST(Cut, counts_characters_and_not_bytes) {
  EXPECT_EQ(cut("äöü", 3), "äöü");
  EXPECT_EQ(cut("äöüß", 3), "äö…");
  EXPECT_EQ(cut("", 1), "");
  EXPECT_EQ(cut("\xFF\xFFz", 2), "\xFF…") << "bytes that are not UTF-8 count, too";
}

}  // namespace
}  // namespace hancock::cli
