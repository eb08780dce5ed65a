#include "model/spec_diff.h"

#include <gtest/gtest.h>

namespace hancock::model {
namespace {

ServiceSpec shop_spec() {
  ServiceSpec spec;
  spec.set_image("shop:1");
  spec.set_replicas(3);
  (*spec.mutable_env())["GREETING"] = "hello";
  RouteSpec& route = *spec.add_routes();
  route.add_hosts("shop.test");
  return spec;
}

TEST(SpecDiff, equal_specs_have_none) { EXPECT_TRUE(diff_specs(shop_spec(), shop_spec()).empty()); }

TEST(SpecDiff, names_each_value_that_changed_came_or_went) {
  ServiceSpec after = shop_spec();
  after.set_image("shop:2");
  after.mutable_env()->clear();
  (*after.mutable_env())["LANGUAGE"] = "\"de\"";
  after.mutable_routes(0)->add_hosts("www.shop.test");
  const std::vector<SpecChange> expected{{"env.GREETING", R"("hello")", ""},
                                         {"env.LANGUAGE", "", R"("\"de\"")"},
                                         {"image", R"("shop:1")", R"("shop:2")"},
                                         {"routes[0].hosts[1]", "", R"("www.shop.test")"}};
  EXPECT_EQ(diff_specs(shop_spec(), after), expected);
}

}  // namespace
}  // namespace hancock::model
