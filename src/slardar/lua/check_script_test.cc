#include "slardar/lua/check_script.h"

#include <gtest/gtest.h>

#include "slardar/lua/check_scripts.h"

namespace hancock::slardar {
namespace {

/// One check's code, without a server.
class CheckScriptTest : public ::testing::Test {
 protected:
  std::string load(const std::string& text) {
    const LuaCode::Entry entry{std::make_shared<const LuaText>(LuaText{"check.mine", text, ""}), WallTime(),
                               std::make_shared<LuaCounters>()};
    script_ = std::make_unique<CheckScript>(entry, std::make_shared<const LuaCode>(), random_);
    const auto loaded = script_->load();
    return loaded ? "" : loaded.error().message;
  }
  /// "well", "bad: WHY", "say: TEXT", "say: TEXT, N bytes" or its error.
  std::string take(int number, std::string_view answer = "") {
    const CheckTurn turn{target_, options_, number, answer};
    const auto wish = script_->take(turn);
    if (!wish) return wish.error().message;
    if (wish->what == CheckWish::What::kWell) return "well";
    if (wish->what == CheckWish::What::kBad) return "bad: " + wish->text;
    return "say: " + wish->text + (wish->bytes > 0 ? ", " + std::to_string(wish->bytes) + " bytes" : "");
  }

  SeededRandom random_{1};
  CheckTarget target_{*io::Address::of("10.0.0.1", 80), nullptr};
  CheckOptions options_;
  std::unique_ptr<CheckScript> script_;
};

TEST_F(CheckScriptTest, talks_in_turns) {
  ASSERT_EQ(load(R"(return function(turn, answer)
    if turn == 1 then return '' end
    if turn == 2 then return 'EHLO ' .. answer .. '\r\n', 7 end
    if answer == 'refused' then return false, 'it refuses' end
    return true
  end)"),
            "");
  EXPECT_EQ(take(1), "say: ");
  EXPECT_EQ(take(2, "mail"), "say: EHLO mail\r\n, 7 bytes");
  EXPECT_EQ(take(3, "refused"), "bad: it refuses");
  EXPECT_EQ(take(3, "welcome"), "well");
}

TEST_F(CheckScriptTest, sees_the_server_and_the_options) {
  options_.name = "shop";
  options_.user = "ann";
  options_.password = "secret";
  options_.query = "PING";
  ASSERT_EQ(load(R"(return function()
    local s, o = slardar.server, slardar.options
    return table.concat({s.host(), s.port(), o.name(), o.user(), o.pass(), o.query()}, ' ')
  end)"),
            "");
  EXPECT_EQ(take(1), "say: 10.0.0.1 80 shop ann secret PING");
}

TEST_F(CheckScriptTest, a_failure_is_no_verdict) {
  const auto said = [&](const std::string& text) {
    const std::string failed = load(text);
    return failed.empty() ? take(1) : failed;
  };
  EXPECT_EQ(said("return 1"), "check.mine: it has to return a function");
  EXPECT_EQ(said("return function() end"), "it has to return true, false or a text");
  EXPECT_EQ(said("return function() return 'x', -1 end"), "0 to 65536 bytes can be read");
  EXPECT_EQ(said("return function() return 'x', 1e9 end"), "0 to 65536 bytes can be read");
  EXPECT_EQ(said("return function() return ('x'):rep(20000) end"), "more than 16384 bytes to say");
  EXPECT_EQ(said("return function() while true do end end"), "stopped: it works too long");
  EXPECT_EQ(said("return slardar.server.host"), "say: 10.0.0.1");
  EXPECT_EQ(said("slardar.server.host()"), "check.mine:1: there is a server only while it is checked");
  EXPECT_EQ(said("return function() return false end"), "bad: it is not well");
}

}  // namespace
}  // namespace hancock::slardar
