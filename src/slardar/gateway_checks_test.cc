// What active checks do to visitors of a whole gateway: docs/checkups.md, "Active" and "All failed".
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A peer that says its name, and at /up whether it is well.
struct Checked {
  Checked(World& world, std::string name)
      : peer(world.peer([well = is_well, name](const http::RequestHead& head, const std::string&) {
          if (head.target != "/up") return http::Response(200, name);
          return http::Response(*well ? 200 : 503, "");
        })) {}
  const std::shared_ptr<bool> is_well = std::make_shared<bool>(true);  // the peer lives as long as the world
  HttpPeer& peer;
};

class GatewayChecks : public ::testing::Test {
 protected:
  nlohmann::json server(const Checked& checked) {
    return {{"host", "127.0.0.1"}, {"port", checked.peer.port()}};
  }
  /// upstreams/shop.test with these levels, asked every 10 ms.
  void put(const std::vector<std::vector<const Checked*>>& levels, nlohmann::json more = {}) {
    nlohmann::json record{{"typ", "http"},
                          {"interval", 0.01},
                          {"http_opts",
                           {{"query", "GET /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
                            {"statuses", {{"503", false}}}}}};
    for (const auto& level : levels) {
      nlohmann::json servers;
      for (const Checked* each : level) servers.push_back(server(*each));
      record["cluster"].push_back({{"servers", servers}});
    }
    if (more.is_object()) record.update(more);
    world_.put("/hancock/upstreams/shop.test", record.dump());
  }
  bool is_up(const Checked& checked, const std::string& upstream = "shop.test") {
    const std::string line = "slardar_peer_up{upstream=\"" + upstream +
                             "\",peer=\"127.0.0.1:" + std::to_string(checked.peer.port()) + "\"} ";
    const std::string text = world_.admin("/metrics").body;
    const size_t at = text.find(line);
    return at != std::string::npos && text[at + line.size()] == '1';
  }
  bool until_up(const Checked& checked, bool up = true) {
    return world_.until([&] { return is_up(checked) == up; });
  }
  /// Who answers so many requests, one behind the other.
  std::map<std::string, int> answers(int requests) {
    std::map<std::string, int> by_name;
    for (int i = 0; i < requests; ++i) {
      const http::Answer answer = world_.get("shop.test", "/");
      ++by_name[answer.status == 200 ? answer.body : std::to_string(answer.status)];
    }
    return by_name;
  }
  using Names = std::map<std::string, int>;

  World world_{1};
};

TEST_F(GatewayChecks, who_fails_gets_nothing_until_he_is_well_again) {
  Checked a(world_, "a"), b(world_, "b");
  put({{&a, &b}});
  world_.start();
  ASSERT_TRUE(until_up(a) && until_up(b));
  EXPECT_EQ(answers(10), (Names{{"a", 5}, {"b", 5}}));
  *b.is_well = false;
  ASSERT_TRUE(until_up(b, false));
  EXPECT_EQ(answers(10), (Names{{"a", 10}}));
  const auto status = nlohmann::json::parse(world_.admin("/status").body);
  const nlohmann::json& shown = status["cls:shop.test"][0];
  EXPECT_EQ(shown[0]["status"], "ok");
  EXPECT_EQ(shown[0]["fail_num"], 0);
  EXPECT_EQ(shown[1]["status"], "err");
  EXPECT_GE(shown[1]["fail_num"], 1);
  EXPECT_EQ(shown[1]["msg"], "status 503");
  EXPECT_TRUE(status["last_check_time"].is_string());
  *b.is_well = true;
  ASSERT_TRUE(until_up(b));
  EXPECT_TRUE(world_.until([&] { return answers(2).contains("b"); }));
}

// "One bad upstream never touches another's checks."
TEST_F(GatewayChecks, a_broken_upstream_keeps_nobody_elses_checks_up) {
  Checked a(world_, "a"), b(world_, "b");
  put({{&a, &b}});
  world_.start();
  ASSERT_TRUE(until_up(a) && until_up(b));
  world_.put("/hancock/upstreams/broken.test", R"({"servers":[{"host":"127.0.0.1","port":"x"}]})");
  world_.put("/hancock/upstreams/silent.test",
             R"({"servers":[{"host":"192.0.2.1","port":1}],"interval":0.01,"timeout":3600})");
  ASSERT_TRUE(
      world_.until([&] { return world_.admin("/status").body.find("broken.test") != std::string::npos; }));
  *b.is_well = false;
  EXPECT_TRUE(until_up(b, false));
  *b.is_well = true;
  EXPECT_TRUE(until_up(b));
}

// "A TCP check always opens a new connection."
TEST_F(GatewayChecks, each_tcp_check_is_a_new_connection) {
  ScriptedPeer peer(world_.loop, std::deque<ScriptedPeer::Script>(1'000, {"never sent"}));
  const nlohmann::json server{{"host", "127.0.0.1"}, {"port", peer.port()}};
  const nlohmann::json record{{"servers", {server}}, {"interval", 0.01}};
  world_.put("/hancock/upstreams/db.test", record.dump());
  world_.start();
  EXPECT_TRUE(world_.until([&] { return peer.accepted() >= 5; }));
}

TEST_F(GatewayChecks, a_server_that_was_not_checked_yet_serves) {
  Checked a(world_, "a");
  *a.is_well = false;
  put({{&a}}, {{"interval", 3600}, {"timeout", 5}});
  world_.start();
  EXPECT_EQ(world_.get("shop.test", "/").body, "a");
}

TEST_F(GatewayChecks, when_all_fail_the_first_stays_or_nobody_does) {
  Checked a(world_, "a"), b(world_, "b"), c(world_, "c");
  *a.is_well = *b.is_well = *c.is_well = false;
  put({{&a, &b}, {&c}});
  world_.start();
  ASSERT_TRUE(until_up(b, false) && until_up(c, false));
  EXPECT_TRUE(until_up(a)) << "as unstable";
  EXPECT_EQ(answers(6), (Names{{"a", 6}}));
  put({{&a, &b}, {&c}}, {{"protected", false}});
  ASSERT_TRUE(until_up(a, false));
  EXPECT_TRUE(world_.answers("shop.test", 503));
  EXPECT_EQ(world_.get("shop.test", "/").headers.get("X-Slardar-Error"), "no_peer");
  *c.is_well = true;
  EXPECT_TRUE(world_.answers("shop.test", 200, "c"));
}

TEST_F(GatewayChecks, the_next_level_takes_over_while_nobody_of_the_first_is_well) {
  Checked a(world_, "a"), b(world_, "b");
  put({{&a}, {&b}});
  world_.start();
  ASSERT_TRUE(until_up(a) && until_up(b));
  EXPECT_EQ(answers(6), (Names{{"a", 6}}));
  *a.is_well = false;
  ASSERT_TRUE(until_up(a, false));
  EXPECT_EQ(answers(6), (Names{{"b", 6}}));
  *a.is_well = true;
  EXPECT_TRUE(world_.answers("shop.test", 200, "a"));
}

TEST_F(GatewayChecks, it_takes_as_many_failures_as_are_asked_for) {
  Checked a(world_, "a"), b(world_, "b");
  put({{&a, &b}}, {{"sensibility", 3}, {"rise", 2}});
  world_.start();
  ASSERT_TRUE(until_up(a) && until_up(b));
  const int before = b.peer.requests();
  *b.is_well = false;
  ASSERT_TRUE(until_up(b, false));
  EXPECT_GE(b.peer.requests() - before, 3);
}

// The verdict says nothing of requests: a Task whose checks fail may well answer.
TEST_F(GatewayChecks, of_tasks_too_unless_less_than_half_are_well) {
  Checked a(world_, "a"), b(world_, "b"), c(world_, "c");
  registry::Route route = route_of("web", {"shop.test"});
  route.health.enable = true;
  route.health.typ = "http";
  route.health.interval_ms = 10;
  route.health.sensibility = 1;
  route.health.rise = 1;
  route.health.query = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  route.health.statuses = {{503, false}};
  world_.put(route);
  const std::string upstream = "default/shop/web@1";
  for (const auto& [task, peer] : {std::pair("t1", &a), {"t2", &b}, {"t3", &c}})
    world_.put(endpoint_of("web", task, peer->peer.port()));
  world_.start();
  const auto up = [&](const Checked& of) { return is_up(of, upstream); };
  ASSERT_TRUE(world_.until([&] { return up(a) && up(b) && up(c); }));
  *c.is_well = false;
  ASSERT_TRUE(world_.until([&] { return !up(c); }));
  EXPECT_FALSE(answers(6).contains("c"));
  *b.is_well = false;
  ASSERT_TRUE(world_.until([&] { return !up(b); }));
  EXPECT_TRUE(world_.until([&] { return answers(6).size() == 3; })) << "verdicts are ignored";
  *b.is_well = true;
  ASSERT_TRUE(world_.until([&] { return up(b); }));
  EXPECT_TRUE(world_.until([&] { return answers(6) == (Names{{"a", 3}, {"b", 3}}); }));
}

TEST_F(GatewayChecks, a_task_that_leaves_is_not_checked_any_more) {
  Checked a(world_, "a"), b(world_, "b");
  registry::Route route = route_of("web", {"shop.test"});
  route.health.enable = true;
  route.health.interval_ms = 10;
  world_.put(route);
  world_.put(endpoint_of("web", "t1", a.peer.port()));
  world_.put(endpoint_of("web", "t2", b.peer.port()));
  world_.start();
  const std::string upstream = "default/shop/web@1";
  ASSERT_TRUE(world_.until([&] { return is_up(b, upstream); }));
  const auto revision = world_.put(registry::Keys().barrier("b1"), encode(barrier_of("b1", {"t2"})));
  ASSERT_TRUE(world_.until([&] { return world_.record()->applied >= registry::Position{1, revision}; }));
  EXPECT_EQ(world_.record()->in_flight.at("t2"), 0U);
  EXPECT_FALSE(is_up(b, upstream)) << "it is no peer any more";
  EXPECT_TRUE(world_.until([&] { return b.peer.connections() == 0; }));
}

}  // namespace
}  // namespace hancock::slardar
