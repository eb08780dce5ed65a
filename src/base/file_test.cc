#include "base/file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/testing/temp_dir.h"

namespace hancock {
namespace {

class FileTest : public testing::Test {
 protected:
  const TempDir folder_{"file_test"};
};

TEST_F(FileTest, reads_back_what_was_written_and_leaves_nothing_beside_it) {
  ASSERT_TRUE(write_file(folder_ / "a", "old"));
  ASSERT_TRUE(write_file(folder_ / "a", "new", 0600, Durability::kSynced));
  EXPECT_EQ(read_file(folder_ / "a").value(), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(FileTest, says_what_is_missing_or_too_large) {
  EXPECT_EQ(read_file(folder_ / "none").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file(folder_ / "big", std::string(1000, 'x')));
  EXPECT_EQ(read_file(folder_ / "big", 999).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(write_file(folder_ / "no" / "such" / "folder", "x").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace hancock
