#include "slardar/routing/route_table.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace hancock::slardar {
namespace {

TEST(RouteTable, exact_host_wins_over_name_over_wildcard_over_default) {
  RouteTable table;
  table.claim("*", "/", 0);
  table.claim("*.shop.test", "/", 1);
  table.claim("*.eu.shop.test", "/", 2);
  table.claim_name("name.eu.shop.test", 3);
  table.claim("a.eu.shop.test", "/", 4);
  EXPECT_EQ(table.find("other.test", "/"), 0U);
  EXPECT_EQ(table.find("x.shop.test", "/"), 1U);
  EXPECT_EQ(table.find("shop.test", "/"), 0U);
  EXPECT_EQ(table.find("x.y.shop.test", "/"), 1U);
  EXPECT_EQ(table.find("x.eu.shop.test", "/"), 2U);
  EXPECT_EQ(table.find("name.eu.shop.test", "/"), 3U);
  EXPECT_EQ(table.find("A.EU.Shop.Test.:8080", "/"), 4U);
}

TEST(RouteTable, longest_prefix_wins_and_ends_at_a_segment) {
  RouteTable table;
  table.claim("a.test", "/", 0);
  table.claim("a.test", "/api", 1);
  table.claim("a.test", "/api/v2/", 2);
  EXPECT_EQ(table.find("a.test", "/"), 0U);
  EXPECT_EQ(table.find("a.test", "/apix"), 0U);
  EXPECT_EQ(table.find("a.test", "/api"), 1U);
  EXPECT_EQ(table.find("a.test", "/api/v2"), 1U);
  EXPECT_EQ(table.find("a.test", "/api/v2/x"), 2U);
}

TEST(RouteTable, a_host_without_a_fitting_prefix_passes_on) {
  RouteTable table;
  table.claim("a.test", "/api", 0);
  EXPECT_FALSE(table.find("a.test", "/"));
  table.claim("*.test", "/", 1);
  EXPECT_EQ(table.find("a.test", "/"), 1U);
  table.claim_name("a.test", 2);
  EXPECT_EQ(table.find("a.test", "/"), 2U);
}

TEST(RouteTable, a_contested_place_stays_with_its_holder) {
  RouteTable table;
  EXPECT_FALSE(table.claim("a.test", "/x", 0));
  EXPECT_FALSE(table.claim("a.test", "/y", 1));
  EXPECT_EQ(table.claim("A.TEST", "/x", 2), 0U);
  EXPECT_EQ(table.find("a.test", "/x"), 0U);
}

TEST(RouteTable, numeric_hosts_lose_their_port) {
  EXPECT_EQ(without_port("127.0.0.1:80"), "127.0.0.1");
  EXPECT_EQ(without_port("[::1]:80"), "[::1]");
  EXPECT_EQ(without_port("[::1]"), "[::1]");
  RouteTable table;
  table.claim("[::1]", "/", 0);
  EXPECT_EQ(table.find("[::1]:8080", "/"), 0U);
}

TEST(RouteTable, host_patterns) {
  for (const auto* good : {"*", "*.a", "a.test", "a_b-c.test", "127.0.0.1", "[::1]"})
    EXPECT_TRUE(is_host_pattern(good)) << good;
  for (const auto* bad : {"", "*.", "a..b", ".a", "a.", "a b", "*a.test", "a/b", "a.*"})
    EXPECT_FALSE(is_host_pattern(bad)) << bad;
}

// Against the rule itself, said slowly: of all claims on one host that hold for the path, the longest.
TEST(RouteTable, agrees_with_a_plain_search) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SeededRandom random(seed);
    const auto path_of = [&] {
      std::string path = "/";
      for (uint64_t i = random.below(4); i > 0; --i)
        path += std::string(1, static_cast<char>('a' + random.below(2))) + (random.below(2) ? "/" : "");
      return path;
    };
    RouteTable table;
    std::vector<std::string> claimed;
    for (RouteIndex i = 0; i < 6; ++i) {
      claimed.push_back(path_of());
      if (table.claim("h.test", claimed.back(), i)) claimed.back() = "\n";  // taken
    }
    for (int i = 0; i < 20; ++i) {
      const std::string path = path_of();
      std::optional<RouteIndex> want;
      for (RouteIndex r = 0; r < claimed.size(); ++r) {
        const std::string& prefix = claimed[r];
        const bool fits = path.starts_with(prefix) && (prefix.back() == '/' || path.size() == prefix.size() ||
                                                       path[prefix.size()] == '/');
        if (fits && (!want || prefix.size() > claimed[*want].size())) want = r;
      }
      EXPECT_EQ(table.find("h.test", path), want) << "seed " << seed << " path " << path;
    }
  }
}

}  // namespace
}  // namespace hancock::slardar
