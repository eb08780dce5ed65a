#include "model/names.h"

#include <gtest/gtest.h>

namespace hancock::model {
namespace {

TEST(Name, is_forty_lower_case_letters_digits_and_inner_dashes) {
  for (const char* good : {"a", "0", "shop", "shop-1", "a--b"}) EXPECT_TRUE(is_name(good)) << good;
  EXPECT_TRUE(is_name(std::string(40, 'x')));
  EXPECT_FALSE(is_name(std::string(41, 'x')));
  for (const char* bad : {"", "-", "-a", "a-", "A", "a_b", "a.b", "a/b", "a b", "\xC3\xA9"}) {
    EXPECT_FALSE(is_name(bad)) << bad;
  }
}

TEST(ServiceRef, takes_the_default_tenant_unless_one_is_named) {
  EXPECT_EQ(parse_service_ref("shop/web", "default"), (ServiceRef{"default", "shop", "web"}));
  EXPECT_EQ(parse_service_ref("acme/shop/web", "default"), (ServiceRef{"acme", "shop", "web"}));
  EXPECT_EQ(parse_service_ref("acme/shop/web", "default")->to_string(), "acme/shop/web");
  EXPECT_EQ(parse_service_ref("shop/web", ""), (ServiceRef{"", "shop", "web"}));
}

TEST(ServiceRef, refuses_everything_else) {
  for (const char* bad : {"", "shop", "/", "shop/", "/web", "a/b/c/d", "//web", "Shop/web", "a//b", "/a/b"}) {
    EXPECT_FALSE(parse_service_ref(bad, "default")) << bad;
  }
  EXPECT_EQ(parse_service_ref("shop", "default").error().message,
            "'shop' is not app/service or tenant/app/service, each [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");
}

}  // namespace
}  // namespace hancock::model
