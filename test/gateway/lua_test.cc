// Hot code in the slardar program on a real etcd: what comes of what operators put there, and of what nobody
// should have put there.
#include <gtest/gtest.h>

#include <cstdlib>

#include "shop.h"

namespace hancock::slardar {
namespace {

using namespace testing;

std::string lua_key(const std::string& name) { return "/hancock/lua/" + name; }

/// What one of its metrics says of that code; 0: nothing.
double metric_of(RealGateway& gateway, const std::string& metric, const std::string& script) {
  const std::string text = gateway.admin("/metrics").body;
  const std::string line = metric + "{script=\"" + script + "\"} ";
  const size_t at = text.find(line);
  return at == std::string::npos ? 0 : std::atof(text.c_str() + at + line.size());
}

std::string error_of(const http::Answer& answer) {
  return std::string(answer.headers.get("X-Slardar-Error").value_or(""));
}

TEST(GatewayLuaInEtcd, a_script_is_live_and_a_broken_one_is_refused_alone) {
  Shop shop;
  shop.start();
  ASSERT_TRUE(shop.answers("shop.test", 200, "web"));
  shop.put(lua_key("script.shop.test"), "slardar.exit(503, 'back soon')");
  EXPECT_TRUE(shop.answers("shop.test", 503, "back soon"));

  shop.put_all({{lua_key("script.shop.test"), "local a = 1\nslardar.exit(200, 'worse'"},
                {lua_key("script.other.test"), "slardar.exit(200, 'other')"}});
  EXPECT_TRUE(shop.answers("other.test", 200, "other")) << "the rest of that transaction";
  EXPECT_EQ(shop.get("shop.test", "/").body, "back soon") << "the last good one";
  const std::string why = "script.shop.test:2: ')' expected near '<eof>'";
  EXPECT_TRUE(shop.until([&] {
    const auto record = shop.record();
    return record && record->refused.contains(lua_key("script.shop.test")) &&
           record->refused.at(lua_key("script.shop.test")) == why;
  }));

  shop.remove(lua_key("script.shop.test"));
  EXPECT_TRUE(shop.answers("shop.test", 200, "web"));
}

TEST(GatewayLuaInEtcd, a_module_changes_what_requires_it) {
  Shop shop;
  shop.start();
  shop.put(lua_key("script.shop.test"), "slardar.exit(200, require('text').hello)");
  EXPECT_TRUE(shop.answers("shop.test", 500, "script_error\n"));
  shop.put(lua_key("modules.text"), "return {hello = 'good morning'}");
  EXPECT_TRUE(shop.answers("shop.test", 200, "good morning"));
  shop.put(lua_key("modules.text"), "return {hello = 'good evening'}");
  EXPECT_TRUE(shop.answers("shop.test", 200, "good evening"));
}

TEST(GatewayLuaInEtcd, what_was_read_serves_on_without_etcd) {
  Shop shop;
  shop.put(lua_key("script.shop.test"), "slardar.exit(200, 'from etcd')");
  shop.start();
  ASSERT_TRUE(shop.answers("shop.test", 200, "from etcd"));
  EXPECT_EQ(shop.stop(), 0);
  shop.etcd->member(0).kill();
  shop.start();
  EXPECT_TRUE(shop.answers("shop.test", 200, "from etcd"));
}

// Whoever may write the Registry, or has got hold of it.
TEST(GatewayLuaInEtcd, code_that_wants_everything_gets_little_and_harms_nobody) {
  const std::vector<std::pair<std::string, std::string>> abuses = {
      {"loop.test", "while true do end"},
      {"caught.test", "while true do pcall(function() while true do end end) end"},
      {"memory.test", "local t = {} for i = 1, 1e9 do t[i] = {i} end"},
      {"text.test", "local s = 'x' while true do s = s .. s end"},
      {"repeat.test", "local s = ('x'):rep(1e9)"},
      {"deep.test", "local function f() return 1 + f() end f()"},
      {"stack.test", "local function f(s) return (s:gsub('.', f)) end f('a')"},
      {"pattern.test", "('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')"},
      {"find.test", "('x'):rep(1e5):find('.-.-.-.-b')"},
      {"sort.test", "local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(100) .. i end table.sort(t)"},
  };
  Shop shop;
  shop.start();
  std::vector<std::pair<std::string, std::string>> records;
  for (const auto& [host, text] : abuses) records.emplace_back(lua_key("script." + host), text);
  shop.put_all(records);
  for (const auto& [host, text] : abuses) EXPECT_TRUE(shop.answers(host, 500, "script_error\n")) << host;
  for (int round = 0; round < 5; ++round) {
    for (const auto& [host, text] : abuses) {
      EXPECT_EQ(error_of(shop.get(host, "/")), "script_error") << host;
      EXPECT_EQ(shop.body(), "web") << "beside " << host;
    }
  }
  for (const auto& [host, text] : abuses)
    EXPECT_GE(metric_of(shop, "slardar_lua_errors_total", "script." + host), 5) << host;
}

TEST(GatewayLuaInEtcd, balancers_and_checks_change_while_they_run) {
  RealGateway gateway;
  const uint16_t one = gateway.named_peer("one").port();
  const uint16_t two = gateway.named_peer("two").port();
  const auto server = [](uint16_t port) {
    return R"({"host":"127.0.0.1","port":)" + std::to_string(port) + "}";
  };
  gateway.put("/hancock/upstreams/shop.test",
              "{\"servers\":[" + server(one) + "," + server(two) +
                  R"(],"mode":"balance.mine","typ":"check.mine","interval":0.05})");
  gateway.put(lua_key("balance.mine"), "return function() return 2 end");
  gateway.start();
  ASSERT_TRUE(gateway.answers("shop.test", 200, "two"));
  // Of no use to who is checked: it is out, and the balancer has to look at that.
  gateway.put(lua_key("check.mine"), "return function() if slardar.server.port() == " + std::to_string(two) +
                                         " then return false, 'not this one' end return true end");
  EXPECT_TRUE(gateway.answers("shop.test", 200, "one"));
  EXPECT_TRUE(
      gateway.until([&] { return metric_of(gateway, "slardar_lua_errors_total", "balance.mine") > 0; }));
  gateway.put(lua_key("check.mine"), "return function() error('broken') end");
  EXPECT_TRUE(gateway.answers("shop.test", 200, "two")) << "a broken check takes nobody out";
  EXPECT_TRUE(
      gateway.until([&] { return metric_of(gateway, "slardar_lua_errors_total", "check.mine") > 0; }));
}

TEST(GatewayLuaInEtcd, what_is_uploaded_to_one_gateway_reaches_the_others_and_stays) {
  Shop shop;
  shop.start();
  RealGateway other(shop);
  other.start();
  EXPECT_EQ(shop.admin("/lua/script.shop.test", "POST", "slardar.exit(200, 'one' 'two')").status, 400);
  EXPECT_EQ(shop.admin("/lua/script.shop.test", "POST", "slardar.exit(200, 'uploaded')").body, "\"ok\"\n");
  EXPECT_EQ(shop.body(), "web") << "posted is not live";
  EXPECT_EQ(shop.write("/lua/script.shop.test").status, 200);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(shop.body(), "uploaded") << "in every worker";
  EXPECT_TRUE(shop.until([&] { return shop.get_at(other.http, "shop.test").body == "uploaded"; }));
  shop.kill();
  shop.start();
  EXPECT_TRUE(shop.answers("shop.test", 200, "uploaded"));
  EXPECT_EQ(other.admin("/lua/script.shop.test", "DELETE").status / 100, 2);
  EXPECT_EQ(shop.get_at(other.http, "shop.test").body, "web");
  EXPECT_TRUE(shop.answers("shop.test", 200, "web"));
}

}  // namespace
}  // namespace hancock::slardar
