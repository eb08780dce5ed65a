#include "http/message.h"

#include <gtest/gtest.h>

namespace hancock::http {
namespace {

TEST(Headers, names_compare_without_case_and_keep_their_spelling) {
  Headers headers{{"Content-Type", "text/plain"}};
  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_EQ(headers.begin()->name, "Content-Type");
  EXPECT_FALSE(headers.has("Content-Typ"));
}

TEST(Headers, set_replaces_all_of_a_name_by_one_in_the_first_place) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.set("a", "4");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.begin()->value, "4");
  headers.remove("A");
  EXPECT_FALSE(headers.has("a"));
}

TEST(Headers, tokens_are_found_in_any_field_and_any_place_of_the_list) {
  const Headers headers{{"Connection", "a ,\tKeep-Alive"}, {"connection", "upgrade"}};
  EXPECT_TRUE(headers.has_token("Connection", "keep-alive"));
  EXPECT_TRUE(headers.has_token("Connection", "Upgrade"));
  EXPECT_FALSE(headers.has_token("Connection", "keep"));
}

TEST(RequestHead, splits_target_into_path_query_and_parameters) {
  const RequestHead head("GET", "/a%20b?x=1%2F2&flag&y=p+q&bad=%zz&%78x=3");
  EXPECT_EQ(head.path(), "/a%20b");
  EXPECT_EQ(head.query(), "x=1%2F2&flag&y=p+q&bad=%zz&%78x=3");
  EXPECT_EQ(head.parameter("x"), "1/2");
  EXPECT_EQ(head.parameter("flag"), "");
  EXPECT_EQ(head.parameter("y"), "p+q");
  EXPECT_EQ(head.parameter("xx"), "3");
  EXPECT_EQ(head.parameter("bad"), std::nullopt);
  EXPECT_EQ(head.parameter("z"), std::nullopt);
  EXPECT_EQ(RequestHead("GET", "/plain").query(), "");
}

}  // namespace
}  // namespace hancock::http
