#include "slardar/confd/claims.h"

#include <gtest/gtest.h>

namespace hancock::slardar {
namespace {

const EntrancePlace kShop{"shop.test", "/"};
const EntrancePlace kApi{"shop.test", "/api"};
const EntrancePlace kPort{"", "", 5432};

Claim of(const std::string& key, int64_t generation, size_t entrance = 0) {
  return {Claim::Kind::kRoute, generation, key, entrance};
}

class ClaimsTest : public ::testing::Test {
 protected:
  std::string holder(const EntrancePlace& place) const {
    const Claim* const claim = claims_.holder(place);
    return claim ? claim->key : "";
  }
  using Records = std::set<std::string>;
  Claims claims_;
};

TEST_F(ClaimsTest, the_older_holds_a_place_and_the_younger_has_it_when_that_one_goes) {
  claims_.put("young", {{kShop, of("young", 7)}, {kApi, of("young", 7)}});
  claims_.put("old", {{kShop, of("old", 3)}});
  EXPECT_EQ(holder(kShop), "old");
  EXPECT_EQ(holder(kApi), "young");
  claims_.put("old", {});
  EXPECT_EQ(holder(kShop), "young");
  claims_.put("young", {});
  EXPECT_EQ(holder(kShop), "");
}

TEST_F(ClaimsTest, a_route_comes_before_an_upstream_of_any_age) {
  claims_.put("upstream", {{kShop, {Claim::Kind::kUpstream, 0, "upstream", 0}}});
  claims_.put("route", {{kShop, of("route", 9)}});
  EXPECT_EQ(holder(kShop), "route");
}

TEST_F(ClaimsTest, all_who_claim_a_place_are_concerned_by_a_change_of_it_and_nobody_else) {
  claims_.put("a", {{kShop, of("a", 1)}});
  claims_.put("b", {{kPort, of("b", 1)}});
  EXPECT_EQ(claims_.take_concerned(), (Records{"a", "b"}));
  claims_.put("c", {{kShop, of("c", 2)}});
  EXPECT_EQ(claims_.take_concerned(), (Records{"a", "c"}));
  claims_.put("a", {});
  EXPECT_EQ(claims_.take_concerned(), (Records{"c"}));
}

TEST_F(ClaimsTest, a_place_has_moved_only_when_somebody_else_holds_it) {
  claims_.put("a", {{kShop, of("a", 1)}});
  EXPECT_TRUE(claims_.take_moved());
  claims_.put("a", {{kShop, of("a", 2)}});
  claims_.put("b", {{kShop, of("b", 3)}});
  EXPECT_FALSE(claims_.take_moved()) << "a new generation, and one that loses";
  claims_.put("a", {{kShop, of("a", 4)}});
  EXPECT_TRUE(claims_.take_moved());
  EXPECT_EQ(holder(kShop), "b");
  claims_.put("b", {{kShop, of("b", 3, 1)}});
  EXPECT_TRUE(claims_.take_moved()) << "another entrance of the same record";
}

}  // namespace
}  // namespace hancock::slardar
