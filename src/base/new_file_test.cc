#include "base/new_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"

namespace hancock {
namespace {

class NewFileTest : public testing::Test {
 protected:
  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  }

  const TempDir folder_{"new_file_test"};
  const std::filesystem::path path_ = folder_ / "a";
};

TEST_F(NewFileTest, the_old_one_stands_until_the_new_one_is_put_in_its_place) {
  ASSERT_TRUE(write_file(path_, "old"));
  NewFile file(path_, 0640);
  ASSERT_TRUE(file.write("new"));
  ASSERT_TRUE(file.sync());
  EXPECT_EQ(read_file(path_).value(), "old");
  ASSERT_TRUE(file.put_in_place());
  EXPECT_EQ(read_file(path_).value(), "new");
  EXPECT_EQ(files(), 1);
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640U);
}

TEST_F(NewFileTest, one_that_is_given_up_leaves_nothing) {
  {
    NewFile file(path_, 0644);
    ASSERT_TRUE(file.write("new"));
    ASSERT_EQ(files(), 1);
    EXPECT_TRUE(NewFile::is_left_over(*std::filesystem::directory_iterator(folder_.path())));
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(NewFileTest, one_that_cannot_take_its_place_leaves_what_is_there) {
  std::filesystem::create_directories(path_ / "in the way");
  {
    NewFile file(path_, 0644);
    ASSERT_TRUE(file.write("new"));
    EXPECT_FALSE(file.put_in_place());
  }
  EXPECT_EQ(files(), 1);
  EXPECT_TRUE(std::filesystem::is_directory(path_));
}

TEST_F(NewFileTest, a_folder_that_is_not_there_is_an_error) {
  EXPECT_FALSE(NewFile(folder_ / "none/a", 0644).write("new"));
  EXPECT_FALSE(sync_folder(folder_ / "none"));
}

}  // namespace
}  // namespace hancock
