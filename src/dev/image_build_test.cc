#include "dev/image_build.h"

#include <gtest/gtest.h>

namespace hancock::dev {
namespace {

using Words = std::vector<std::string>;

TEST(SplitWords, splits_like_a_shell_but_expands_nothing) {
  EXPECT_EQ(split_words("/app --port 80").value(), (Words{"/app", "--port", "80"}));
  EXPECT_EQ(split_words("  sh -c 'exit $CODE; echo \"x\"' ").value(),
            (Words{"sh", "-c", "exit $CODE; echo \"x\""}));
  EXPECT_EQ(split_words("a\\ b \"c d\"e ''").value(), (Words{"a b", "c de", ""}));
  EXPECT_TRUE(split_words("").value().empty());
  EXPECT_EQ(split_words("sh -c 'x").error().code, ErrorCode::kInvalid);
}

TEST(ImageName, needs_a_lower_case_name_and_a_tag) {
  EXPECT_TRUE(check_image_name("shop:1"));
  EXPECT_TRUE(check_image_name("team/shop-web:v1.2_3"));
  for (const char* bad :
       {"shop", "Shop:1", "shop:", ":1", "shop:1:2", "/shop:1", "shop:a b", "a//b:1", "shop@sha256:0"}) {
    EXPECT_EQ(check_image_name(bad).error().code, ErrorCode::kInvalid) << bad;
  }
}

}  // namespace
}  // namespace hancock::dev
