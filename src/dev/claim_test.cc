#include "dev/claim.h"

#include <gtest/gtest.h>

#include "base/testing/temp_dir.h"
#include "dev/address_plan.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

class ClaimsTest : public testing::Test {
 protected:
  const TempDir temp_{"claim_test"};
  const fs::path root_ = temp_ / "claims";
  Claims claims_{root_};
};

TEST_F(ClaimsTest, a_folder_keeps_its_index_and_no_two_share_one) {
  const int first = claims_.take("/tmp/a").value();
  EXPECT_EQ(claims_.take("/tmp/a").value(), first);
  const int second = claims_.take("/tmp/b").value();
  EXPECT_NE(first, second);
  EXPECT_GE(first, 1);
  EXPECT_LE(first, kIndexMax);
  EXPECT_EQ(claims_.owner(first), "/tmp/a");
  EXPECT_EQ(claims_.find("/tmp/b"), second);
}

TEST_F(ClaimsTest, freeing_the_last_removes_everything) {
  const int index = claims_.take("/tmp/a").value();
  ASSERT_TRUE(claims_.take("/tmp/b"));
  ASSERT_TRUE(claims_.free("/tmp/a"));
  EXPECT_TRUE(claims_.owner(index).empty());
  EXPECT_TRUE(fs::exists(root_));
  ASSERT_TRUE(claims_.free("/tmp/b"));
  EXPECT_FALSE(fs::exists(root_));
  EXPECT_TRUE(claims_.free("/tmp/b"));  // again: nothing to do
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(ClaimsTest, an_index_whose_names_collide_is_passed_over) {
  // Given one folder's first choice taken by another, it gets the next.
  const int first = claims_.take("/tmp/a").value();
  ASSERT_TRUE(claims_.free("/tmp/a"));
  fs::create_directories(root_ / std::to_string(first));
  FILE* owner = fopen((root_ / std::to_string(first) / "owner").c_str(), "w");
  fputs("/tmp/other", owner);
  fclose(owner);
  EXPECT_EQ(claims_.take("/tmp/a").value(), first % kIndexMax + 1);
}

}  // namespace
}  // namespace hancock::dev
