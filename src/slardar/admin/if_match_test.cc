#include "slardar/admin/if_match.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

using store::Revision;

bool holds(const http::Headers& headers, std::optional<int64_t> present) {
  const auto condition = IfMatch::of(headers);
  EXPECT_TRUE(condition);
  return condition && condition->holds(present ? std::optional(Revision(*present)) : std::nullopt);
}

TEST(IfMatch, without_a_field_there_is_no_condition) {
  EXPECT_TRUE(holds({}, 7));
  EXPECT_TRUE(holds({}, std::nullopt));
}

TEST(IfMatch, one_of_the_revisions_has_to_be_the_present_one) {
  EXPECT_TRUE(holds({{"If-Match", "\"7\""}}, 7));
  EXPECT_TRUE(holds({{"if-match", " \"6\" ,\"7\""}}, 7));
  EXPECT_FALSE(holds({{"If-Match", "\"7\""}}, 8));
  EXPECT_FALSE(holds({{"If-Match", "\"7\""}}, std::nullopt));
}

TEST(IfMatch, what_is_no_revision_or_weak_matches_nothing) {
  EXPECT_FALSE(holds({{"If-Match", "\"seven\""}}, 7));
  EXPECT_FALSE(holds({{"If-Match", "W/\"7\""}}, 7));
  EXPECT_FALSE(holds({{"If-Match", "\"\""}}, 7));
}

TEST(IfMatch, a_star_asks_whether_it_is_there) {
  EXPECT_TRUE(holds({{"If-Match", "*"}}, 7));
  EXPECT_FALSE(holds({{"If-Match", "*"}}, std::nullopt));
  EXPECT_FALSE(holds({{"If-None-Match", "*"}}, 7));
  EXPECT_TRUE(holds({{"If-None-Match", "*"}}, std::nullopt));
}

TEST(IfMatch, what_is_no_list_of_tags_is_refused) {
  for (const std::string text : {"7", "\"7", "\"7\",8", "\"7\" \"8\""})
    EXPECT_FALSE(IfMatch::of({{"If-Match", text}})) << text;
  EXPECT_FALSE(IfMatch::of({{"If-None-Match", "\"7\""}}));
}

TEST(IfMatch, a_tag_is_the_revision) { EXPECT_EQ(etag_of(Revision(17)), "\"17\""); }

}  // namespace
}  // namespace hancock::slardar
