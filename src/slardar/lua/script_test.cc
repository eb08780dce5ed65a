#include "slardar/lua/script.h"

#include <gtest/gtest.h>

#include "slardar/lua/scripts.h"
#include "slardar/testing/script_runner.h"

namespace hancock::slardar {
namespace {

using testing::ScriptRunner;

TEST(Script, sees_the_request) {
  ScriptRunner runner;
  runner.head.target = "/cart/1?user=a%20b&user=c&empty=&flag";
  runner.head.fields = {{"User-Agent", "curl"}, {"Cookie", "a=1; ab=left"}};
  EXPECT_EQ(runner.value_of("slardar.request.method()"), "GET");
  EXPECT_EQ(runner.value_of("slardar.request.host()"), "shop.test");
  EXPECT_EQ(runner.value_of("slardar.request.uri()"), "/cart/1?user=a%20b&user=c&empty=&flag");
  EXPECT_EQ(runner.value_of("slardar.request.path()"), "/cart/1");
  EXPECT_EQ(runner.value_of("slardar.request.arg('user')"), "a b");
  EXPECT_EQ(runner.value_of("slardar.request.arg('empty')"), "");
  EXPECT_EQ(runner.value_of("slardar.request.arg('flag')"), "");
  EXPECT_EQ(runner.value_of("slardar.request.arg('no')"), "nil");
  EXPECT_EQ(runner.value_of("slardar.request.header('user-agent')"), "curl");
  EXPECT_EQ(runner.value_of("slardar.request.header('no')"), "nil");
  EXPECT_EQ(runner.value_of("slardar.request.cookie('ab')"), "left");
  EXPECT_EQ(runner.value_of("slardar.request.cookie('b')"), "nil");
  EXPECT_EQ(runner.value_of("slardar.request.client()"), "10.1.1.1");
  EXPECT_EQ(runner.value_of("slardar.request.scheme()"), "https");
  EXPECT_EQ(runner.value_of("slardar.request.id()"), "0123456789abcdef");
}

TEST(Script, edits_what_goes_to_the_peer_and_back) {
  ScriptRunner runner;
  ASSERT_EQ(runner.run(R"(
    slardar.request.set_header('X-A', 'one')
    slardar.request.set_header('x-a', 'two')
    slardar.request.set_header('Cookie')
    slardar.response.set_header('Server', nil)
    slardar.response.add_header('Set-Cookie', 'a=b'))"),
            "");
  EXPECT_EQ(runner.wish.request.set, (std::vector<std::pair<std::string, std::string>>{{"x-a", "two"}}));
  EXPECT_EQ(runner.wish.request.remove, std::vector<std::string>{"Cookie"});
  EXPECT_EQ(runner.wish.response.remove, std::vector<std::string>{"Server"});
  EXPECT_EQ(runner.wish.response.add,
            (std::vector<std::pair<std::string, std::string>>{{"Set-Cookie", "a=b"}}));
}

TEST(Script, answers_itself) {
  ScriptRunner runner;
  ASSERT_EQ(runner.run("slardar.exit(403, 'no', {['X-Why'] = 'because'}) error('not reached')"), "");
  EXPECT_EQ(runner.wish.answer->status, 403);
  EXPECT_EQ(runner.wish.answer->body, "no");
  EXPECT_EQ(runner.wish.answer->fields,
            (std::vector<std::pair<std::string, std::string>>{
                {"X-Why", "because"}, {"Content-Type", "text/plain; charset=utf-8"}}));
}

TEST(Script, sends_the_request_elsewhere) {
  ScriptRunner runner;
  runner.snapshot.route_by_upstream = std::make_shared<const RoutesByName>(RoutesByName{{"canary", 0}});
  EXPECT_EQ(runner.value_of("slardar.upstream('canary')"), "true");
  EXPECT_EQ(runner.wish.upstream, "canary");
  EXPECT_EQ(runner.value_of("slardar.upstream('canary', 'b', 'a')"), "true");
  EXPECT_EQ(runner.wish.levels, (std::vector<std::string>{"b", "a"}));
  EXPECT_NE(runner.run("slardar.upstream('canary', {})"), "");
  EXPECT_EQ(runner.value_of("slardar.upstream('nobody')"), "false");
  EXPECT_EQ(runner.wish.upstream, "");
  EXPECT_EQ(runner.run("slardar.version(3)"), "");
  EXPECT_EQ(runner.wish.version, 3U);
  EXPECT_NE(runner.run("slardar.version(0)"), "");
}

TEST(Script, signs_and_counts) {
  ScriptRunner runner;
  EXPECT_EQ(runner.value_of("slardar.md5('abc')"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(runner.value_of("slardar.sha256('abc')"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  EXPECT_EQ(runner.value_of("slardar.hmac_sha256('Jefe', 'what do ya want for nothing?')"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(runner.value_of("slardar.equal('abc', 'abc')"), "true");
  EXPECT_EQ(runner.value_of("slardar.equal('abc', 'abd')"), "false");
  EXPECT_EQ(runner.value_of("slardar.now() > 1.7e9"), "true");
  EXPECT_EQ(runner.value_of("slardar.share('user-1') == slardar.share('user-1')"), "true");
  EXPECT_EQ(runner.value_of("slardar.share('user-1') < 1 and slardar.share('user-2') >= 0"), "true");
  EXPECT_EQ(runner.value_of("math.random(5, 5)"), "5");
  EXPECT_EQ(runner.value_of("slardar.random() < 1"), "true");
  EXPECT_EQ(runner.value_of("slardar.count('seen') + slardar.count('seen', 2)"), "4");
  EXPECT_EQ(runner.value_of("slardar.count('seen', 0)"), "3") << "a new version goes on";
}

TEST(Script, has_lua_s_own_functions) {
  ScriptRunner runner;
  EXPECT_EQ(runner.value_of("('a,b,c'):gsub(',', ';')"), "a;b;c");
  EXPECT_EQ(runner.value_of("(('hello world'):gsub('o', {o = '0'}))"), "hell0 w0rld");
  EXPECT_EQ(runner.value_of("(('hello'):gsub('l', function(l) return l:upper() end, 1))"), "heLlo");
  EXPECT_EQ(runner.value_of("(('abc'):gsub('%w', '%0%0'))"), "aabbcc");
  EXPECT_EQ(runner.value_of("(('abc'):gsub('', '-'))"), "-a-b-c-");
  EXPECT_EQ(runner.value_of("(('hello world'):gsub('(%w+) (%w+)', '%2 %1'))"), "world hello");
  EXPECT_EQ(runner.value_of("('key=1'):match('(%w+)=(%d)')"), "key");
  EXPECT_EQ(runner.value_of("select(2, ('key=1'):match('(%w+)=(%d)'))"), "1");
  EXPECT_EQ(runner.value_of("('a.b'):find('.', 1, true)"), "2");
  EXPECT_EQ(runner.value_of("('abcabc'):find('b', -3)"), "5");
  EXPECT_EQ(runner.value_of("(function() local n = 0 for w in ('a bb ccc'):gmatch('%a+') do n = n + #w end "
                            "return n end)()"),
            "6");
  EXPECT_EQ(runner.value_of("table.concat({3, 1, 2}, '-')"), "3-1-2");
  EXPECT_EQ(runner.value_of("(function() local t = {3, 1, 2} table.sort(t) return table.concat(t) end)()"),
            "123");
  EXPECT_EQ(runner.value_of("('%s %d %x'):format('a', 10, 255)"), "a 10 ff");
  EXPECT_EQ(runner.value_of("('ab'):rep(3)"), "ababab");
  EXPECT_EQ(runner.value_of("bit.bxor(5, 3)"), "6");
  EXPECT_EQ(runner.value_of("select('#', pcall(function() return 1, 2 end))"), "3");
  EXPECT_EQ(runner.value_of("select(2, pcall(error, 'why'))"), "why");
}

TEST(Script, requires_modules_which_are_loaded_once) {
  ScriptRunner runner;
  runner.put("modules.keys", "slardar.count('loaded') return {shop = 'secret'}");
  EXPECT_EQ(runner.value_of("require('keys').shop"), "secret");
  EXPECT_EQ(runner.value_of("require('modules.keys') == require('keys')"), "true");
  EXPECT_EQ(runner.value_of("slardar.count('loaded', 0)"), "2") << "once in each of two states";
  EXPECT_NE(runner.run("require 'nothing'").find("module 'modules.nothing' not found"), std::string::npos);
  runner.put("modules.broken", "local x = nil + 1");
  const std::string error = runner.run("require 'broken'");
  EXPECT_NE(error.find("modules.broken:1: attempt to perform arithmetic"), std::string::npos) << error;
}

TEST(Script, an_error_leaves_nothing_but_its_line) {
  ScriptRunner runner;
  EXPECT_EQ(runner.run("slardar.response.set_header('X', 'y')\nlocal a = nil\nreturn a.b"),
            "script.shop.test:3: attempt to index local 'a' (a nil value)");
  EXPECT_TRUE(runner.wish.response.empty());
  EXPECT_FALSE(runner.wish.fail_open);
  EXPECT_NE(runner.run("slardar.fail_open() error('x')"), "");
  EXPECT_TRUE(runner.wish.fail_open);
}

/// The scripts of a worker, and their code.
class ScriptsOfWorker : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    texts_[name] = std::make_shared<const LuaText>(LuaText{name, text, text});
    std::vector<LuaTextPtr> all;
    for (const auto& [key, each] : texts_) all.push_back(each);
    code_ = std::make_shared<const LuaCode>(all, *code_, WallTime());
    scripts_.apply(code_);
  }
  /// What the host's script answers with, or how it ended.
  std::string ask(const std::string& host) {
    http::RequestView head;
    head.target = "/";
    head.host = host;
    const Snapshot snapshot;
    const ScriptView view{head, scripts_.name_of(head.host), "/", "", "http", "", snapshot};
    std::unique_ptr<ScriptWish> wish;
    switch (scripts_.run(view, wish, now_)) {
      case Scripts::End::kNone:
        return "none";
      case Scripts::End::kPassed:
        return "passed";
      case Scripts::End::kAnswered:
        return wish->answer->body;
      case Scripts::End::kFailed:
        return "failed";
    }
    return "";
  }

  SeededRandom random_{1};
  Scripts scripts_{random_};
  std::map<std::string, LuaTextPtr> texts_;
  LuaCodePtr code_ = std::make_shared<const LuaCode>();
  TimePoint now_ = TimePoint() + 1h;
};

TEST_F(ScriptsOfWorker, each_host_has_its_own) {
  put("script.Shop.test", "slardar.exit(200, 'shop')");
  put("script.b.test", "slardar.exit(200, 'b')");
  EXPECT_EQ(ask("shop.TEST:8080"), "shop");
  EXPECT_EQ(ask("b.test."), "b");
  EXPECT_EQ(ask("c.test"), "none");
  EXPECT_EQ(ask(""), "none");
}

TEST_F(ScriptsOfWorker, only_what_a_change_concerns_begins_anew) {
  const std::string counts =
      "local t = require 'state' t.n = (t.n or 0) + 1 slardar.exit(200, tostring(t.n))";
  put("modules.state", "return {}");
  put("modules.other", "return {}");
  put("script.a.test", counts);
  put("script.b.test", "slardar.exit(200, 'one')");
  EXPECT_EQ(ask("a.test"), "1");
  EXPECT_EQ(ask("b.test"), "one");
  put("script.b.test", "slardar.exit(200, 'two')");
  EXPECT_EQ(ask("b.test"), "two");
  EXPECT_EQ(ask("a.test"), "2");
  put("modules.other", "return {1}");
  EXPECT_EQ(ask("a.test"), "3");
  put("modules.state", "return {n = 10}");
  EXPECT_EQ(ask("a.test"), "11");
}

TEST_F(ScriptsOfWorker, one_that_was_stopped_rests_and_hurts_nobody_else) {
  put("script.evil.test", "while true do end");
  put("script.good.test", "slardar.exit(200, 'good')");
  EXPECT_EQ(ask("evil.test"), "failed");
  EXPECT_EQ(scripts_.errors().at("script.evil.test"), 1U);
  const TimePoint before = BootClock::now();
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(ask("evil.test"), "failed") << "it is not run";
  EXPECT_LT(BootClock::now() - before, 10s);
  EXPECT_EQ(scripts_.errors().at("script.evil.test"), 1'001U);
  EXPECT_EQ(ask("good.test"), "good");
  put("script.good.test", "slardar.exit(200, 'better')");
  EXPECT_EQ(ask("evil.test"), "failed") << "it rests on when others change";
  EXPECT_EQ(scripts_.errors().at("script.evil.test"), 1'002U);
  put("script.evil.test", "slardar.exit(200, 'mended')");
  EXPECT_EQ(ask("evil.test"), "mended") << "a new version does not rest";
}

TEST_F(ScriptsOfWorker, one_that_ran_out_of_memory_begins_anew) {
  put("modules.state", "return {n = 0}");
  put("script.a.test", R"(
    local state = require 'state'
    state.n = state.n + 1
    if slardar.request.host() == 'a.test' and state.n == 2 then
      local long = ('x'):rep(1e5)
      for i = 1, 1e9 do state[i] = long .. i end
    end
    slardar.exit(200, tostring(state.n)))");
  EXPECT_EQ(ask("a.test"), "1");
  EXPECT_EQ(ask("a.test"), "failed");
  now_ += 1min;
  EXPECT_EQ(ask("a.test"), "1");
}

TEST_F(ScriptsOfWorker, one_that_fails_open_is_as_if_it_were_not_there) {
  put("script.a.test", "slardar.fail_open() slardar.request.set_header('X', 'y') error('x')");
  EXPECT_EQ(ask("a.test"), "none");
  EXPECT_EQ(scripts_.errors().at("script.a.test"), 1U);
}

}  // namespace
}  // namespace hancock::slardar
