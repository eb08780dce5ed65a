// Hot code, through a whole gateway in this process.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;

/// A gateway with the operator's upstream shop.test.
class GatewayLua : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.put("/hancock/upstreams/shop.test", upstream_of(shop_));
    world_.start();
    ASSERT_TRUE(world_.answers("shop.test", 200));
  }
  static std::string upstream_of(const HttpPeer& peer) {
    return R"({"servers":[{"host":"127.0.0.1","port":)" + std::to_string(peer.port()) + "}]}";
  }
  void put(const std::string& name, const std::string& text) { world_.put("/hancock/lua/" + name, text); }
  http::Answer ask(const std::string& lines = "", const std::string& target = "/",
                   const std::string& host = "shop.test") {
    Visitor visitor = world_.visit();
    visitor.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n");
    return visitor.answer();
  }
  static std::string error_of(const http::Answer& answer) {
    return std::string(answer.headers.get("X-Slardar-Error").value_or(""));
  }
  /// In all workers: each new connection may come to another one.
  bool all_answer(int status, const std::string& body) {
    return world_.until([&] {
      for (int i = 0; i < 20; ++i) {
        const http::Answer answer = world_.get("shop.test", "/");
        if (answer.status != status || answer.body != body) return false;
      }
      return true;
    });
  }

  World world_{2};
  HttpPeer& shop_ = world_.named_peer("shop");
};

TEST_F(GatewayLua, a_script_goes_before_routing_and_changes_while_it_runs) {
  put("script.shop.test", "slardar.exit(503, 'back soon', {['Retry-After'] = '60'})");
  ASSERT_TRUE(all_answer(503, "back soon"));
  EXPECT_EQ(ask().headers.get("Retry-After"), "60");
  put("script.shop.test", "slardar.exit(503, 'sooner')");
  ASSERT_TRUE(all_answer(503, "sooner"));
  world_.remove("/hancock/lua/script.shop.test");
  ASSERT_TRUE(all_answer(200, "shop"));
}

TEST_F(GatewayLua, a_script_needs_no_route) {
  put("script.new.test", "slardar.exit(200, 'hello ' .. slardar.request.path())");
  ASSERT_TRUE(world_.answers("new.test", 200));
  EXPECT_EQ(ask("", "/you?a=b", "New.test:80").body, "hello /you");
  EXPECT_EQ(ask("", "/", "other.test").status, 404);
}

TEST_F(GatewayLua, headers_are_edited_both_ways) {
  put("script.shop.test", R"(
    slardar.request.set_header('X-From', slardar.request.client())
    slardar.request.set_header('Cookie')
    slardar.response.set_header('X-Frame-Options', 'DENY')
    slardar.response.add_header('Set-Cookie', 'a=b')
    slardar.response.add_header('Set-Cookie', 'c=d'))");
  ASSERT_TRUE(world_.until([&] { return ask().headers.get("X-Frame-Options") == "DENY"; }));
  const http::Answer answer = ask("Cookie: x=y\r\nX-From: me\r\n");
  EXPECT_EQ(answer.body, "shop");
  EXPECT_EQ(std::count_if(answer.headers.begin(), answer.headers.end(),
                          [](const http::Header& each) { return each.name == "Set-Cookie"; }),
            2);
  EXPECT_EQ(shop_.last().headers.get("X-From"), "127.0.0.1");
  EXPECT_FALSE(shop_.last().headers.get("Cookie"));
}

TEST_F(GatewayLua, a_canary_takes_who_asks_for_it) {
  HttpPeer& canary = world_.named_peer("canary");
  world_.put("/hancock/upstreams/shop-canary", upstream_of(canary));
  put("script.shop.test", "if slardar.request.header('X-Canary') then slardar.upstream('shop-canary') end");
  ASSERT_TRUE(world_.until([&] { return ask("X-Canary: 1\r\n").body == "canary"; }));
  EXPECT_EQ(ask().body, "shop");
}

TEST_F(GatewayLua, a_version_is_chosen_among_those_that_have_a_share) {
  registry::Route route = route_of("web", {"web.test"});
  route.split = {{1, 99}, {2, 1}};
  world_.put(endpoint_of("web", "t1", world_.named_peer("one").port(), 1));
  world_.put(endpoint_of("web", "t2", world_.named_peer("two").port(), 2));
  world_.put(route);
  put("script.web.test", "slardar.version(tonumber(slardar.request.header('X-Version') or 1))");
  const auto chosen = [&](const std::string& version) {
    return ask("X-Version: " + version + "\r\n", "/", "web.test").body;
  };
  ASSERT_TRUE(world_.until([&] { return chosen("2") == "two"; }));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(chosen("2"), "two");
    EXPECT_EQ(chosen("1"), "one");
  }
  EXPECT_NE(chosen("3"), "") << "it has no share: as the split says";
}

TEST_F(GatewayLua, an_error_is_answered_counted_and_ends_no_connection) {
  put("script.shop.test", "if slardar.request.path() == '/bad' then error('x') end");
  ASSERT_TRUE(world_.until([&] { return ask("", "/bad").status == 500; }));
  EXPECT_EQ(error_of(ask("", "/bad")), "script_error");
  Visitor visitor = world_.visit();
  visitor.send("GET /bad HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  EXPECT_EQ(visitor.answer().status, 500);
  visitor.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  EXPECT_EQ(visitor.answer().body, "shop");
  const std::string metrics = world_.admin("/metrics").body;
  const size_t at = metrics.find("slardar_lua_errors_total{script=\"script.shop.test\"} ");
  ASSERT_NE(at, std::string::npos) << metrics;
}

TEST_F(GatewayLua, a_loop_harms_no_other_host) {
  world_.put("/hancock/upstreams/other.test", upstream_of(shop_));
  put("script.shop.test", "while true do end");
  ASSERT_TRUE(world_.until([&] { return ask().status == 500; }));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(ask().status, 500);
    EXPECT_EQ(ask("", "/", "other.test").body, "shop");
  }
}

TEST_F(GatewayLua, broken_code_is_refused_and_the_last_good_one_stays) {
  put("script.shop.test", "slardar.exit(200, 'good')");
  ASSERT_TRUE(all_answer(200, "good"));
  put("script.shop.test", "slardar.exit(200, 'bad'");
  const auto refused = [&] {
    return world_.admin("/status").body.find("script.shop.test:1: ')' expected near '<eof>'") !=
           std::string::npos;
  };
  EXPECT_TRUE(world_.until(refused)) << world_.admin("/status").body;
  EXPECT_EQ(ask().body, "good");
}

TEST_F(GatewayLua, counters_are_shared_by_the_workers) {
  put("script.shop.test", "slardar.exit(200, tostring(slardar.count('hits')))");
  ASSERT_TRUE(world_.until([&] { return ask().body == "1"; }));
  for (int i = 2; i <= 30; ++i) EXPECT_EQ(ask().body, std::to_string(i));
  const std::string metrics = world_.admin("/metrics").body;
  EXPECT_NE(metrics.find("slardar_lua_count{script=\"script.shop.test\",name=\"hits\"} 30"),
            std::string::npos)
      << metrics;
}

TEST_F(GatewayLua, a_request_with_a_body_is_answered_before_it_came) {
  put("script.shop.test", "slardar.exit(slardar.request.method() == 'POST' and 403 or 200, 'live')");
  ASSERT_TRUE(all_answer(200, "live"));
  Visitor visitor = world_.visit();
  visitor.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000000\r\n\r\nabc");
  EXPECT_EQ(visitor.answer("POST").status, 403);
}

/// Two servers of shop.test that say their names, and code that has to do with them.
class GatewayLuaServers : public GatewayLua {
 protected:
  void put_shop(const std::string& options) {
    const auto server = [](const HttpPeer& peer) {
      return R"({"host":"127.0.0.1","port":)" + std::to_string(peer.port()) + "}";
    };
    world_.put("/hancock/upstreams/shop.test",
               "{\"servers\":[" + server(shop_) + "," + server(other_) + "]," + options + "}");
  }
  /// The names of those who answer so many requests on a connection.
  std::set<std::string> answering(int requests = 8) {
    std::set<std::string> names;
    for (int i = 0; i < requests; ++i) names.insert(ask().body);
    return names;
  }
  bool until_answering(const std::set<std::string>& names) {
    return world_.until([&] { return answering() == names; });
  }
  /// slardar_lua_errors_total of that code; -1: none.
  int errors(const std::string& name) {
    const std::string line = "slardar_lua_errors_total{script=\"" + name + "\"} ";
    const std::string text = world_.admin("/metrics").body;
    const size_t at = text.find(line);
    return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + line.size());
  }
  HttpPeer& other_ = world_.named_peer("other");
};

TEST_F(GatewayLuaServers, a_balancer_of_an_operators_chooses_until_it_is_gone) {
  put_shop(R"("mode":"balance.Second")");
  EXPECT_TRUE(until_answering({"shop", "other"})) << "there is no such code yet: round robin";
  put("balance.second", "return function() return 2 end");
  EXPECT_TRUE(until_answering({"other"}));
  put("balance.second", "return function() return 1 end");
  EXPECT_TRUE(until_answering({"shop"}));
  world_.remove("/hancock/lua/balance.second");
  EXPECT_TRUE(until_answering({"shop", "other"}));
}

TEST_F(GatewayLuaServers, a_balancer_that_fails_harms_nobody) {
  put_shop(R"("mode":"balance.mine")");
  for (const char* text : {"return function() error('x') end", "return function() while true do end end",
                           "return function() return 3 end", "return 'nothing'"}) {
    put("balance.mine", text);
    EXPECT_TRUE(world_.until([&] {
      ask();
      return errors("balance.mine") > 0;
    })) << text;
    EXPECT_EQ(answering(), (std::set<std::string>{"shop", "other"})) << text;
    world_.remove("/hancock/lua/balance.mine");
    EXPECT_TRUE(world_.until([&] { return errors("balance.mine") < 0; }));
  }
}

TEST_F(GatewayLuaServers, a_check_of_an_operators_takes_servers_out_and_its_failure_takes_nobody) {
  const std::string port = std::to_string(other_.port());
  const std::string good = "return function(turn, answer) if slardar.server.port() == " + port +
                           " then return false, 'I do not like it' end if turn == 1 then return 'GET / "
                           "HTTP/1.0\\r\\n\\r\\n' end return answer:find(' 200 ') ~= nil end";
  put_shop(R"("typ":"check.mine","interval":0.01)");
  const auto status_has = [&](const std::string& text) {
    return world_.until([&] { return world_.admin("/status").body.find(text) != std::string::npos; });
  };
  EXPECT_TRUE(status_has("check.mine: there is no such code"));
  EXPECT_TRUE(until_answering({"shop", "other"}));
  put("check.mine", good);
  EXPECT_TRUE(until_answering({"shop"}));
  EXPECT_TRUE(status_has("I do not like it"));
  for (const char* text :
       {"return function() error('x') end", "return function() while true do end end", "return 'nothing'"}) {
    put("check.mine", text);
    EXPECT_TRUE(until_answering({"shop", "other"})) << text;
    put("check.mine", good);
    EXPECT_TRUE(until_answering({"shop"})) << text;
  }
  EXPECT_GT(errors("check.mine"), 0);
}

}  // namespace
}  // namespace hancock::slardar
