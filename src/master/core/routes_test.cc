#include "master/core/routes.h"

#include <gtest/gtest.h>

#include "master/core/claims.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

TEST(Routes, ASpecsRouteBecomesARecordThatGatewaysAccept) {
  model::ServiceSpec spec = shop(1).services().at("web");
  spec.mutable_routes(0)->mutable_timeouts()->mutable_connect()->set_nanos(250'000'000);
  model::RouteSpec& tcp = *spec.add_routes();
  tcp.set_tcp(5432);
  registry::Route route = route_of({"default", "shop", "web"}, spec, 3, 7);
  ASSERT_EQ(route.entrances.size(), 2U);
  EXPECT_EQ(route.entrances[0].hosts, std::vector<std::string>{"shop.test"});
  EXPECT_EQ(route.entrances[0].timeouts.connect_ms, 250);
  EXPECT_EQ(route.entrances[0].timeouts.idle_ms, 60'000);
  EXPECT_EQ(route.entrances[1].tcp, 5432);
  EXPECT_EQ(route.entrances[1].port, "http") << "the first port";
  EXPECT_EQ(route.split, (std::map<uint32_t, uint32_t>{{3, 100}}));
  EXPECT_EQ(route.generation, 7);
  auto decoded = registry::decode<registry::Route>(registry::encode(route));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, route);
}

TEST(Claims, EachHostWithEachPathAndEachPortIsOne) {
  model::ServiceSpec spec;
  model::RouteSpec& http = *spec.add_routes();
  http.add_hosts("a.test");
  http.add_hosts("*.b.test");
  http.add_paths("/");
  http.add_paths("/x y");
  spec.add_routes()->set_tcp(5432);
  auto claims = claims_of(spec);
  EXPECT_EQ(claims.size(), 5U);
  EXPECT_EQ(claims.at("host/*.b.test/%2Fx%20y").field, "routes[0].hosts[1]");
  EXPECT_EQ(claims.at("tcp/5432").field, "routes[1].tcp");
}

}  // namespace
}  // namespace hancock::master
