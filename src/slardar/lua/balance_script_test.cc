#include "slardar/lua/balance_script.h"

#include <gtest/gtest.h>

#include "slardar/lua/balance_scripts.h"

namespace hancock::slardar {
namespace {

/// The balancers of a worker, and servers of weight 1 at 10.0.0.1:1, 10.0.0.1:2, …
class BalanceScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (uint16_t port = 1; port <= 4; ++port) {
      peers_.push_back(std::make_unique<Peer>(*io::Address::of("10.0.0.1", port), ""));
      listed_.push_back(peers_.back().get());
      servers_.push_back({port, 1});
    }
    choice_.now = TimePoint() + 1h;
  }
  void put(const std::string& name, const std::string& text) {
    texts_[name] = std::make_shared<const LuaText>(LuaText{name, text, ""});
    std::vector<LuaTextPtr> all;
    for (const auto& [key, each] : texts_) all.push_back(each);
    code_ = std::make_shared<const LuaCode>(all, *code_, WallTime());
    scripts_.apply(code_);
  }
  /// From 1 on; 0: it leaves it to others.
  size_t chosen(const std::string& name = "mine") {
    const auto place = scripts_.pick(name, {servers_, listed_, choice_});
    return place ? *place + 1 : 0;
  }
  uint64_t errors(const std::string& name = "balance.mine") {
    const auto found = scripts_.errors().find(name);
    return found == scripts_.errors().end() ? 0 : found->second;
  }

  SeededRandom random_{1};
  BalanceScripts scripts_{random_};
  std::map<std::string, LuaTextPtr> texts_;
  LuaCodePtr code_ = std::make_shared<const LuaCode>();
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Peer*> listed_;
  std::vector<Weighted> servers_;
  Choice choice_;
};

TEST_F(BalanceScriptTest, sees_the_servers_and_the_key) {
  put("balance.mine", R"(return function()
    local s = slardar.servers
    assert(s.count() == 4 and s.weight(2) == 7 and s.in_flight(3) == 5 and s.address(4) == '10.0.0.1:4')
    assert(s.usable(1) and not s.usable(2) and s.usable(3))
    assert(slardar.request.key() == 0.5)
    return 3
  end)");
  servers_[1].weight = 7;
  peers_[2]->in_flight = 5;
  choice_.key = uint64_t{1} << 63;
  const std::vector<uint8_t> second{0, 1, 0, 0};
  choice_.left_out = second;
  EXPECT_EQ(chosen(), 3U);
  EXPECT_EQ(errors(), 0U);
}

TEST_F(BalanceScriptTest, what_it_keeps_lives_on) {
  put("balance.mine",
      "local turn = 0 return function() turn = turn % slardar.servers.count() + 1 return turn end");
  for (const size_t expected : {1, 2, 3, 4, 1}) EXPECT_EQ(chosen(), expected);
  put("balance.other", "return function() end");
  EXPECT_EQ(chosen(), 2U) << "a change of others does not concern it";
}

TEST_F(BalanceScriptTest, nil_and_no_such_code_leave_it_to_others) {
  EXPECT_EQ(chosen(), 0U);
  put("balance.mine", "return function() end");
  EXPECT_EQ(chosen(), 0U);
  EXPECT_EQ(errors(), 0U);
}

TEST_F(BalanceScriptTest, a_server_that_is_not_usable_is_never_picked) {
  put("balance.mine", "return function() return slardar.random(0, slardar.servers.count() + 1) end");
  servers_[0].weight = 0;
  for (unsigned left_out = 0; left_out < 16; ++left_out) {
    std::vector<uint8_t> places;
    for (unsigned place = 0; place < 4; ++place) places.push_back(left_out >> place & 1);
    choice_.left_out = places;
    for (int i = 0; i < 50; ++i) {
      const size_t place = chosen();
      if (place == 0) continue;
      EXPECT_NE(place, 1U) << "it has no weight";
      EXPECT_EQ(places[place - 1], 0);
    }
  }
  EXPECT_GT(errors(), 100U);
}

TEST_F(BalanceScriptTest, nobody_to_choose_from_asks_no_code) {
  put("balance.mine", "return function() error('asked') end");
  const std::vector<uint8_t> all{1, 1, 1, 1};
  choice_.left_out = all;
  EXPECT_EQ(chosen(), 0U);
  EXPECT_EQ(errors(), 0U);
}

TEST_F(BalanceScriptTest, whatever_fails_is_counted_and_leaves_it_to_others) {
  for (const char* text : {
           "return function() error('x') end",
           "return function() return slardar.servers.address(1) end",
           "return function() return 0 end",
           "return function() return 5 end",
           "return function() return 0 / 0 end",
           "return function() return slardar.servers.usable(9) end",
           "return function() return true end",
           "return function() while true do end end",
           "return function() local t = {} while true do t[#t + 1] = {} end end",
           "while true do end",
           "return 1",
           "slardar.servers.count() return function() return 1 end",
           "slardar.request.key() return function() return 1 end",
           "return function() return slardar.exit(200) end",
       }) {
    put("balance.mine", text);
    const uint64_t before = errors();
    EXPECT_EQ(chosen(), 0U) << text;
    EXPECT_EQ(errors(), before + 1) << text;
  }
  put("balance.good", "return function() return 2 end");
  put("balance.mine", "return function() while true do end end");
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(chosen(), 0U) << "it rests";
    EXPECT_EQ(chosen("good"), 2U);
  }
}

}  // namespace
}  // namespace hancock::slardar
