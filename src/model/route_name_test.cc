#include "model/route_name.h"

#include <gtest/gtest.h>

#include <string>

namespace hancock::model {
namespace {

TEST(RouteHost, is_a_dns_name_a_wildcard_or_the_default) {
  for (const char* good :
       {"shop.test", "localhost", "a-b.c", "*.shop.test", "*", "10.0.0.1", "xn--caf-dma.test"}) {
    EXPECT_TRUE(is_route_host(good)) << good;
  }
  for (const char* bad : {"", "Shop.test", "shop.test.", ".test", "a..b", "-a.b", "a-.b", "a_b", "*x", "*.",
                          "**", "a.*.b", "shop.test:80", "shop.test/", "caf\xC3\xA9.test"}) {
    EXPECT_FALSE(is_route_host(bad)) << bad;
  }
  EXPECT_TRUE(is_route_host(std::string(63, 'a') + ".test"));
  EXPECT_FALSE(is_route_host(std::string(64, 'a') + ".test"));
}

TEST(ServerName, is_a_dns_name_or_a_wildcard) {
  for (const char* good : {"db.test", "*.db.test"}) EXPECT_TRUE(is_server_name(good)) << good;
  for (const char* bad : {"", "*", "DB.test", "db.test:443"}) EXPECT_FALSE(is_server_name(bad)) << bad;
}

TEST(CertificateName, has_no_slash_and_no_blank) {
  for (const char* good : {"shop", "Shop_2025.pem", "a-b"}) EXPECT_TRUE(is_certificate_name(good)) << good;
  for (const char* bad : {"", "a/b", "a b", "caf\xC3\xA9"}) EXPECT_FALSE(is_certificate_name(bad)) << bad;
  EXPECT_TRUE(is_certificate_name(std::string(128, 'a')));
  EXPECT_FALSE(is_certificate_name(std::string(129, 'a')));
}

TEST(RoutePath, starts_with_a_slash_and_has_no_query) {
  for (const char* good : {"/", "/api", "/a%20b", "/a/b/"}) EXPECT_TRUE(is_route_path(good)) << good;
  for (const char* bad : {"", "api", "/a b", "/a?b", "/a#b", "/\n", "/caf\xC3\xA9"})
    EXPECT_FALSE(is_route_path(bad)) << bad;
  EXPECT_FALSE(is_route_path("/" + std::string(1024, 'a')));
  EXPECT_TRUE(is_probe_path("/a?b"));
}

}  // namespace
}  // namespace hancock::model
