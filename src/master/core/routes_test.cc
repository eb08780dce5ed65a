#include "master/core/routes.h"

#include <gtest/gtest.h>

#include "master/core/claims.h"
#include "master/core/world.h"

namespace hancock::master {
namespace {

TEST(Routes, ASpecsRouteBecomesARecordThatGatewaysAccept) {
  model::ServiceSpec spec = shop(1).services().at("web");
  spec.mutable_routes(0)->mutable_timeouts()->mutable_connect()->set_nanos(250'000'000);
  spec.mutable_routes(0)->mutable_timeouts()->mutable_total()->set_seconds(90);
  spec.mutable_routes(0)->set_sticky("cookie:shop");
  spec.mutable_routes(0)->set_protocol("grpc");
  spec.mutable_routes(0)->set_balance("header_hash");
  spec.mutable_routes(0)->set_redirect_https(true);
  spec.mutable_routes(0)->set_tls("shop");
  spec.mutable_routes(0)->mutable_limits()->set_rate(5);
  spec.mutable_routes(0)->mutable_limits()->set_body(1 << 20);
  spec.mutable_routes(0)->mutable_slow_start()->set_seconds(30);
  model::RouteSpec::Headers& headers = *spec.mutable_routes(0)->mutable_headers();
  (*headers.mutable_request()->mutable_set())["X-A"] = "b";
  headers.mutable_response()->add_remove("Server");
  model::RouteSpec& tcp = *spec.add_routes();
  tcp.set_tcp(5432);
  tcp.add_sni("db.test");
  model::HealthSpec& health = *spec.mutable_health();
  health.set_typ("http");
  health.mutable_interval()->set_seconds(1);
  health.set_protected_(false);
  (*health.mutable_http_opts()->mutable_statuses())["502"] = false;
  registry::Route route = route_of({"default", "shop", "web"}, spec, all_to(3), 7);
  EXPECT_EQ(route.health.typ, "http");
  EXPECT_EQ(route.health.interval_ms, 1'000);
  EXPECT_EQ(route.health.sensibility, 3U) << "the default";
  EXPECT_FALSE(route.health.protect);
  EXPECT_EQ(route.health.statuses, (std::map<uint32_t, bool>{{502, false}}));
  ASSERT_EQ(route.entrances.size(), 2U);
  EXPECT_EQ(route.entrances[0].hosts, std::vector<std::string>{"shop.test"});
  EXPECT_EQ(route.entrances[0].timeouts.connect_ms, 250);
  EXPECT_EQ(route.entrances[0].timeouts.idle_ms, 60'000);
  EXPECT_EQ(route.entrances[0].timeouts.total_ms, 90'000);
  EXPECT_EQ(route.entrances[0].sticky, "cookie:shop");
  EXPECT_EQ(route.entrances[0].protocol, "grpc");
  EXPECT_EQ(route.entrances[0].balance, "header_hash");
  EXPECT_TRUE(route.entrances[0].redirect_https);
  EXPECT_EQ(route.entrances[0].limits.rate, 5U);
  EXPECT_EQ(route.entrances[0].limits.body, 1U << 20);
  EXPECT_EQ(route.entrances[0].slow_start_ms, 30'000);
  EXPECT_EQ(route.entrances[0].request_headers.set.at("X-A"), "b");
  EXPECT_EQ(route.entrances[0].response_headers.remove, std::vector<std::string>{"Server"});
  EXPECT_EQ(route.entrances[1].timeouts.total_ms, 0) << "none";
  EXPECT_EQ(route.entrances[0].tls, "shop");
  EXPECT_EQ(route.entrances[1].balance, "rr") << "the default";
  EXPECT_EQ(route.entrances[1].tcp, 5432);
  EXPECT_EQ(route.entrances[1].sni, std::vector<std::string>{"db.test"});
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
  model::RouteSpec& shared = *spec.add_routes();
  shared.set_tcp(443);
  shared.add_sni("a.test");
  shared.add_sni("*.b.test");
  auto claims = claims_of(spec);
  EXPECT_EQ(claims.size(), 7U);
  EXPECT_EQ(claims.at("tcp/443/*.b.test").field, "routes[2].sni[1]");
  EXPECT_EQ(claims.at("tcp/443/*.b.test").value, "*.b.test:443");
  EXPECT_EQ(claims.at("host/*.b.test/%2Fx%20y").field, "routes[0].hosts[1]");
  EXPECT_EQ(claims.at("tcp/5432").field, "routes[1].tcp");
}

}  // namespace
}  // namespace hancock::master
