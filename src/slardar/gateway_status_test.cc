// GET /status of a whole gateway: what it says follows what happens.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Json = nlohmann::json;

class GatewayStatus : public ::testing::Test {
 protected:
  std::string body_of(uint16_t port) {
    return Json{{"servers", {{{"host", "127.0.0.1"}, {"port", port}}}}, {"interval", 0.01}}.dump();
  }
  int put(const std::string& name, uint16_t port) {
    return world_.write("/upstream/" + name, "PUT", body_of(port)).status;
  }
  Json status() { return Json::parse(world_.admin("/status").body); }
  Json server(const std::string& name) { return status()["cls:" + name][0][0]; }

  World world_{2};
};

TEST_F(GatewayStatus, each_change_counts_and_the_same_records_have_the_same_hash) {
  world_.start();
  const Json before = status();
  ASSERT_EQ(put("u.test", world_.named_peer("one").port()), 200);
  const Json with = status();
  EXPECT_GT(with["shd_config_version"], before["shd_config_version"]);
  EXPECT_NE(with["conf_hash"], before["conf_hash"]);
  EXPECT_EQ(world_.admin("/upstream/u.test", "DELETE").status, 200);
  EXPECT_EQ(status()["conf_hash"], before["conf_hash"]);
  EXPECT_EQ(status()["config_timer"], (Json{{"worker-0", "alive"}, {"worker-1", "alive"}}));
}

TEST_F(GatewayStatus, a_server_that_is_checked_and_used_says_so) {
  world_.start();
  ASSERT_EQ(put("u.test", world_.named_peer("one").port()), 200);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(world_.get("u.test", "/").body, "one");
  EXPECT_TRUE(world_.until([&] { return server("u.test")["status"] == "ok"; }));
  const Json shown = server("u.test");
  EXPECT_EQ(shown["tries"], 5);
  EXPECT_EQ(shown["failures"], 0);
  EXPECT_GT(shown["latency_ms"], 0.0);
  EXPECT_TRUE(status()["last_check_time"].is_string());
}

TEST_F(GatewayStatus, what_is_in_flight_is_seen_until_it_is_over) {
  world_.start();
  ScriptedPeer& peer = world_.scripted_peer({{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", "b"}});
  world_.put(route_of("web", {"shop.test"}));
  registry::Endpoint endpoint = endpoint_of("web", "t1", peer.port());
  world_.put(endpoint);
  const std::string name = "default/shop/web@1";
  ASSERT_TRUE(world_.until([&] { return status().contains("cls:" + name) && !server(name).is_null(); }));
  Visitor visitor = world_.visit();
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\n");
  EXPECT_TRUE(world_.until([&] { return server(name)["in_flight"] == 1; }));
  EXPECT_EQ(server(name)["drain"], false);
  endpoint.state = registry::EndpointState::kDraining;
  world_.put(endpoint);
  EXPECT_TRUE(world_.until([&] { return server(name)["drain"] == true; }));
  EXPECT_EQ(server(name)["in_flight"], 1);
  visitor.send("\r\n\r\n");
  EXPECT_EQ(visitor.answer("POST").body, "ab");
  EXPECT_TRUE(world_.until([&] { return server(name)["in_flight"] == 0; }));
}

TEST_F(GatewayStatus, a_browser_gets_a_page) {
  world_.start();
  ASSERT_EQ(put("u.test", 1), 200);
  const http::Answer page = world_.admin("/status", "GET", "", {{"Accept", "text/html,*/*;q=0.8"}});
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.get("Vary"), "Accept");
  EXPECT_NE(page.body.find("data-name=\"u.test\""), std::string::npos);
  const std::string policy(page.headers.get("Content-Security-Policy").value_or(""));
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  const http::Answer one = world_.admin("/status?upstream=other", "GET", "", {{"Accept", "text/html"}});
  EXPECT_EQ(one.body.find("data-name=\"u.test\""), std::string::npos);
  EXPECT_EQ(world_.admin("/status").headers.get("Content-Type"), "application/json");
}

}  // namespace
}  // namespace hancock::slardar
