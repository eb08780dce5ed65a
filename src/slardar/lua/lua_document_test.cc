// The examples of docs/lua.md do what it says.
#include <gtest/gtest.h>

#include <sstream>

#include "base/file.h"
#include "base/testing/source_folder.h"
#include "slardar/lua/balance_scripts.h"
#include "slardar/lua/check_script.h"
#include "slardar/lua/digest.h"
#include "slardar/testing/script_runner.h"

namespace hancock::slardar {
namespace {

using testing::ScriptRunner;

/// The document's blocks of Lua by the name in their first line.
std::map<std::string, std::string> examples() {
  const auto document = read_file(source_folder() / "docs/lua.md");
  EXPECT_TRUE(document) << document.error().message;
  std::map<std::string, std::string> all;
  std::istringstream lines(*document);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (line == "```lua") {
      std::getline(lines, line);
      EXPECT_TRUE(line.starts_with("-- ")) << line;
      name = line.substr(3);
    } else if (line == "```") {
      name.clear();
    }
    if (!name.empty() && line != "```lua") all[name] += line + "\n";
  }
  return all;
}

class LuaDocument : public ::testing::Test {
 protected:
  /// 0: it goes on.
  int status_of(const std::string& script) {
    const std::string error = runner_.run(examples_.at(script));
    EXPECT_EQ(error, "");
    return runner_.wish.answer ? runner_.wish.answer->status : 0;
  }
  std::map<std::string, std::string> examples_ = examples();
  ScriptRunner runner_;
};

TEST_F(LuaDocument, each_example_is_a_record_that_is_taken) {
  EXPECT_EQ(examples_.size(), 7U);
  for (const auto& [name, text] : examples_) {
    const auto record = decode_lua(name, text);
    EXPECT_TRUE(record) << record.error().message;
  }
}

TEST_F(LuaDocument, maintenance_page) {
  EXPECT_EQ(status_of("script.shop.test"), 503);
  EXPECT_EQ(runner_.wish.answer->body, "<h1>Back at noon</h1>");
  runner_.head.target = "/health?x";
  EXPECT_EQ(status_of("script.shop.test"), 0);
}

TEST_F(LuaDocument, canary) {
  runner_.snapshot.route_by_upstream = std::make_shared<const RoutesByName>(RoutesByName{{"canary", 0}});
  runner_.head.fields = {{"X-Canary", "yes"}};
  EXPECT_EQ(status_of("script.canary.test"), 0);
  EXPECT_EQ(runner_.wish.upstream, "canary");
}

TEST_F(LuaDocument, a_and_b_by_cookie) {
  EXPECT_EQ(status_of("script.ab.test"), 0);
  ASSERT_EQ(runner_.wish.response.add.size(), 1U);
  const std::string& given = runner_.wish.response.add[0].second;
  EXPECT_TRUE(given.starts_with("group=")) << given;
  EXPECT_EQ(runner_.wish.version, given[6] == 'a' ? 1U : 2U);
  runner_.head.fields = {{"Cookie", "group=b"}};
  EXPECT_EQ(status_of("script.ab.test"), 0);
  EXPECT_EQ(runner_.wish.version, 2U);
  EXPECT_TRUE(runner_.wish.response.add.empty());
}

TEST_F(LuaDocument, signed_requests) {
  runner_.put("modules.keys", examples_.at("modules.keys"));
  const std::string sign = hmac_sha256_hex("not a secret any more", "/file\nann\n4000000000");
  const std::string good = "/file?user=ann&expires=4000000000&sign=" + sign;
  runner_.head.target = good;
  EXPECT_EQ(status_of("script.files.test"), 0);
  const std::string other = "/file?user=bob&expires=4000000000&sign=" + sign;
  runner_.head.target = other;
  EXPECT_EQ(status_of("script.files.test"), 403);
  runner_.head.target = "/file?user=ann&expires=1&sign=x";
  EXPECT_EQ(status_of("script.files.test"), 403);
  runner_.head.target = "/file";
  EXPECT_EQ(status_of("script.files.test"), 403);
}

/// The document's code of that name as a snapshot has it.
LuaCodePtr code_of(const std::map<std::string, std::string>& examples, const std::string& name) {
  const LuaTextPtr text = std::make_shared<const LuaText>(LuaText{name, examples.at(name), ""});
  return std::make_shared<const LuaCode>(std::vector{text}, LuaCode(), WallTime());
}

TEST_F(LuaDocument, balancer_that_prefers_what_is_near) {
  SeededRandom random(1);
  BalanceScripts scripts(random);
  scripts.apply(code_of(examples_, "balance.near"));
  Peer far(*io::Address::of("10.2.0.1", 80), "");
  Peer near(*io::Address::of("10.1.0.1", 80), "");
  const std::vector<Peer*> peers{&far, &near};
  const std::vector<Weighted> servers{{1, 1}, {2, 1}};
  Choice choice;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(scripts.pick("near", {servers, peers, choice}), 1U);
  const std::vector<uint8_t> second{0, 1};
  choice.left_out = second;
  EXPECT_EQ(scripts.pick("near", {servers, peers, choice}), std::nullopt);
  EXPECT_TRUE(scripts.errors().empty());
}

TEST_F(LuaDocument, check_of_memcached) {
  SeededRandom random(1);
  const LuaCodePtr code = code_of(examples_, "check.memcached");
  CheckScript script(code->entries().at("check.memcached"), code, random);
  ASSERT_TRUE(script.load());
  const CheckTarget target{*io::Address::of("10.1.0.1", 11211), nullptr};
  const CheckOptions options;
  EXPECT_EQ(script.take({target, options, 1, ""})->text, "version\r\n");
  EXPECT_EQ(script.take({target, options, 2, "VERSION 1.6.18"})->what, CheckWish::What::kWell);
  EXPECT_EQ(script.take({target, options, 2, "ERROR"})->text, "it says ERROR");
}

}  // namespace
}  // namespace hancock::slardar
