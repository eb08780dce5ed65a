#include <gtest/gtest.h>

#include "store/store.h"

namespace hancock::store {
namespace {

TEST(KeyRange, of_one_key_holds_that_key_only) {
  const auto range = KeyRange::key("/a");
  EXPECT_TRUE(range.contains("/a"));
  EXPECT_FALSE(range.contains("/a/"));
  EXPECT_FALSE(range.contains("/"));
}

TEST(KeyRange, of_a_prefix_holds_what_starts_with_it) {
  const auto range = KeyRange::prefix("/a/");
  EXPECT_EQ(range.end, "/a0");
  EXPECT_TRUE(range.contains("/a/"));
  EXPECT_TRUE(range.contains("/a/\xff\xff"));
  EXPECT_FALSE(range.contains("/a"));
  EXPECT_FALSE(range.contains("/a0"));
}

TEST(KeyRange, of_a_prefix_that_ends_in_the_last_byte_carries_over) {
  EXPECT_EQ(KeyRange::prefix("a\xff\xff").end, "b");
  const auto all = KeyRange::prefix("\xff");
  EXPECT_TRUE(all.contains("\xff\xff\xff"));
  EXPECT_FALSE(all.contains("\xfe"));
}

TEST(KeyRange, with_an_open_end_holds_all_that_follows) {
  const auto range = KeyRange::from("b");
  EXPECT_TRUE(range.contains("b"));
  EXPECT_TRUE(range.contains("\xff"));
  EXPECT_FALSE(range.contains("a"));
}

}  // namespace
}  // namespace hancock::store
