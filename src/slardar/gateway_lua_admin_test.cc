// Hot code by the admin API of a whole gateway, in this process: posted, made live, listed and taken out.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slardar/lua/digest.h"
#include "slardar/testing/world.h"

namespace hancock::slardar {
namespace {

using namespace testing;
using Json = nlohmann::json;

class GatewayLuaAdmin : public ::testing::Test {
 protected:
  void SetUp() override { world_.start(); }

  http::Answer call(const std::string& method, const std::string& name = "", const std::string& body = "",
                    http::Headers headers = {}) {
    return world_.write(name.empty() ? "/lua" : "/lua/" + name, method, body, std::move(headers));
  }
  /// Posts it and makes it live.
  void upload(const std::string& name, const std::string& text) {
    EXPECT_EQ(call("POST", name, text).body, "\"ok\"\n");
    EXPECT_EQ(call("PUT", name).status, 200);
  }
  /// From both workers: each new connection may come to another one.
  std::set<std::string> answers(const std::string& host) {
    std::set<std::string> bodies;
    for (int i = 0; i < 10; ++i) bodies.insert(world_.get(host, "/").body);
    return bodies;
  }
  Json list() { return Json::parse(call("GET").body); }

  World world_{2};
};
using Bodies = std::set<std::string>;

TEST_F(GatewayLuaAdmin, a_posted_text_is_live_when_it_is_put_and_not_before) {
  const std::string text = "slardar.exit(200, 'one')";
  const http::Answer posted = call("POST", "script.a.test", text);
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.body, "\"ok\"\n");
  EXPECT_EQ(world_.get("a.test", "/").status, 404);
  EXPECT_EQ(list()["modules"], Json::array());
  const http::Answer put = call("PUT", "script.a.test");
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(Json::parse(put.body)["status"], 200);
  EXPECT_EQ(answers("a.test"), Bodies{"one"}) << "in every worker";
  EXPECT_EQ(call("PUT", "script.a.test").status, 200) << "once more, it is so already";

  EXPECT_EQ(call("POST", "script.a.test", "slardar.exit(200, 'two')").status, 200);
  EXPECT_EQ(answers("a.test"), Bodies{"one"});
  EXPECT_EQ(call("PUT", "script.a.test").status, 200);
  EXPECT_EQ(answers("a.test"), Bodies{"two"});
}

TEST_F(GatewayLuaAdmin, what_is_live_is_listed_with_its_md5) {
  const std::string text = "slardar.exit(200, require('greeting'))";
  upload("modules.greeting", "return 'hello'");
  const auto before = list()["global_version"].get<int>();
  upload("script.a.test", text);
  EXPECT_EQ(answers("a.test"), Bodies{"hello"});
  const Json all = list();
  EXPECT_EQ(all["global_version"], before + 1);
  EXPECT_EQ(all["commit_version"], "0");
  ASSERT_EQ(all["modules"].size(), 2U);
  EXPECT_EQ(all["modules"][1]["name"], "script.a.test");
  EXPECT_EQ(all["modules"][1]["version"], md5_hex(text));
  EXPECT_EQ(all["modules"][1]["time"].get<std::string>().size(), std::string("2026-01-31 08:15:30").size());
  const Json one = Json::parse(call("GET", "script.a.test").body);
  EXPECT_EQ(one["version"], md5_hex(text));
  EXPECT_EQ(one["modules"], Json::array({all["modules"][1]}));
  EXPECT_EQ(call("GET", "script.b.test").status, 404);
  upload("version", "v17");
  EXPECT_EQ(list()["commit_version"], "v17");
  EXPECT_EQ(list()["modules"].size(), 2U);
}

TEST_F(GatewayLuaAdmin, a_text_that_does_not_compile_is_refused_with_its_line) {
  upload("script.a.test", "slardar.exit(200, 'good')");
  const http::Answer refused = call("POST", "script.a.test", "local a = 1\nslardar.exit(200 'bad')");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Json::parse(refused.body)["msg"], "script.a.test:2: ')' expected near ''bad''");
  EXPECT_EQ(call("PUT", "script.a.test").status, 200) << "nothing was kept of it";
  EXPECT_EQ(answers("a.test"), Bodies{"good"});
  EXPECT_EQ(call("POST", "script.a.test", "\x1bLJ").status, 400) << "bytecode";
  const http::Answer long_one = call("POST", "script.a.test", std::string(300 << 10, ' '));
  EXPECT_EQ(long_one.status, 413);
  EXPECT_EQ(Json::parse(long_one.body)["msg"], "body too big: a text has at most 262144 bytes");
  const http::Answer too_long = call("POST", "script.a.test", std::string((1 << 20) + 1, ' '));
  EXPECT_EQ(too_long.status, 413);
  EXPECT_EQ(Json::parse(too_long.body)["msg"], "body too big");
}

TEST_F(GatewayLuaAdmin, names_and_methods_are_looked_at) {
  EXPECT_EQ(call("POST", "nothing", "return 1").status, 400);
  EXPECT_EQ(call("POST", "script.", "return 1").status, 400);
  EXPECT_EQ(call("POST", "script.a%20b", "return 1").status, 400);
  const http::Answer patched = call("PATCH", "script.a.test");
  EXPECT_EQ(patched.status, 405);
  EXPECT_EQ(patched.headers.get("Allow"), "GET, HEAD, POST, PUT, DELETE");
  EXPECT_EQ(call("DELETE").status, 405);
  EXPECT_EQ(call("POST").status, 405);
}

TEST_F(GatewayLuaAdmin, what_was_never_posted_is_404) {
  EXPECT_EQ(call("PUT", "script.a.test").status, 404);
  EXPECT_EQ(call("PUT").status, 404);
  EXPECT_EQ(call("DELETE", "script.a.test").status, 404);
}

TEST_F(GatewayLuaAdmin, what_is_live_by_others_and_not_posted_here_is_404) {
  world_.put("/hancock/lua/script.a.test", "slardar.exit(200, 'theirs')");
  EXPECT_TRUE(world_.until([&] { return world_.get("a.test", "/").body == "theirs"; }));
  EXPECT_EQ(call("PUT", "script.a.test").status, 404);
  EXPECT_EQ(call("PUT").status, 404);
  upload("script.a.test", "slardar.exit(200, 'ours')");
  EXPECT_EQ(call("PUT", "script.a.test").status, 200);
  world_.put("/hancock/lua/script.a.test", "slardar.exit(200, 'theirs')");
  EXPECT_TRUE(world_.until([&] { return world_.get("a.test", "/").body == "theirs"; }));
  EXPECT_EQ(call("PUT", "script.a.test").status, 404) << "ours is not what is live";
}

TEST_F(GatewayLuaAdmin, all_that_is_kept_becomes_live_together) {
  call("POST", "script.a.test", "slardar.exit(200, require('greeting'))");
  call("POST", "script.b.test", "slardar.exit(200, 'b')");
  call("POST", "modules.greeting", "return 'hello'");
  const http::Answer put = call("PUT");
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(answers("a.test"), Bodies{"hello"});
  EXPECT_EQ(answers("b.test"), Bodies{"b"});
  EXPECT_EQ(call("PUT").status, 200) << "there is nothing to do";
}

TEST_F(GatewayLuaAdmin, what_is_deleted_is_neither_live_nor_kept) {
  upload("script.a.test", "slardar.exit(200, 'a')");
  call("POST", "script.a.test", "slardar.exit(200, 'later')");
  EXPECT_EQ(call("DELETE", "script.a.test").status, 200);
  EXPECT_EQ(world_.get("a.test", "/").status, 404);
  EXPECT_EQ(call("PUT", "script.a.test").status, 404);
  call("POST", "script.b.test", "slardar.exit(200, 'b')");
  EXPECT_EQ(call("DELETE", "script.b.test").status, 200) << "it was kept";
  EXPECT_EQ(call("PUT", "script.b.test").status, 404);
}

TEST_F(GatewayLuaAdmin, a_write_may_ask_for_the_revision_that_it_has_seen) {
  upload("script.a.test", "slardar.exit(200, 'a')");
  const http::Headers seen{{"If-Match", std::string(*call("GET", "script.a.test").headers.get("ETag"))}};
  upload("script.a.test", "slardar.exit(200, 'b')");
  call("POST", "script.a.test", "slardar.exit(200, 'c')");
  EXPECT_EQ(call("PUT", "script.a.test", "", seen).status, 412);
  EXPECT_EQ(call("DELETE", "script.a.test", "", {{"If-Match", "x"}}).status, 400);
  EXPECT_EQ(answers("a.test"), Bodies{"b"});
  EXPECT_EQ(call("PUT", "script.a.test").status, 200) << "it is still kept";
  EXPECT_EQ(answers("a.test"), Bodies{"c"});
}

TEST_F(GatewayLuaAdmin, without_the_store_nothing_becomes_live_and_all_stays_kept) {
  call("POST", "script.a.test", "slardar.exit(200, 'a')");
  world_.gateways.set_reachable(false);
  EXPECT_EQ(call("PUT", "script.a.test").status, 503);
  EXPECT_EQ(call("PUT").status, 503);
  world_.gateways.set_reachable(true);
  EXPECT_TRUE(world_.until([&] { return call("PUT").status == 200; }));
  EXPECT_EQ(answers("a.test"), Bodies{"a"});
}

}  // namespace
}  // namespace hancock::slardar
