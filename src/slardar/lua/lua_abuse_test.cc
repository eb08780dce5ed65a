// What somebody would try who wants out of the sandbox, or the whole machine for himself.
#include <gtest/gtest.h>

#include "slardar/lua/scripts.h"
#include "slardar/testing/script_runner.h"

namespace hancock::slardar {
namespace {

using testing::ScriptRunner;

const std::string kTooLong = "stopped: it works too long";
const std::string kTooMuch = "stopped: it takes too much memory";

bool is_stopped(const std::string& error) { return error == kTooLong || error == kTooMuch; }

TEST(LuaAbuse, what_leads_out_is_not_there) {
  ScriptRunner runner;
  for (const char* name : {"io",
                           "os",
                           "package",
                           "debug",
                           "jit",
                           "ffi",
                           "coroutine",
                           "load",
                           "loadstring",
                           "loadfile",
                           "dofile",
                           "module",
                           "xpcall",
                           "collectgarbage",
                           "gcinfo",
                           "getfenv",
                           "setfenv",
                           "newproxy",
                           "print",
                           "string.dump",
                           "table.foreach",
                           "math.randomseed",
                           "string.gfind"})
    EXPECT_EQ(runner.value_of(name), "nil") << name;
  for (const char* module : {"ffi", "jit", "io", "os", "debug", "jit.util", "string.buffer", "table.new"})
    EXPECT_NE(runner.run("require '" + std::string(module) + "'").find("not found"), std::string::npos);
}

TEST(LuaAbuse, metatables_lead_nowhere) {
  ScriptRunner runner;
  EXPECT_EQ(runner.value_of("getmetatable('')"), "false");
  EXPECT_EQ(runner.value_of("getmetatable(_G)"), "false");
  EXPECT_EQ(runner.value_of("('').dump"), "nil");
  EXPECT_EQ(runner.value_of("pcall(setmetatable, _G, {})"), "false");
  EXPECT_EQ(runner.value_of("getmetatable(slardar)"), "nil");
  // Finalizers of tables are not run by LuaJIT; there is nothing else to give one to.
  EXPECT_EQ(runner.run("for i = 1, 1000 do setmetatable({}, {__gc = function() while true do end end}) end"),
            "");
}

TEST(LuaAbuse, bytecode_is_not_taken) {
  EXPECT_EQ(decode_lua("script.shop.test", "\x1bLJ\x02").error().message,
            "attempt to load chunk with wrong mode");
  ScriptRunner runner;
  runner.put("modules.evil", "\x1bLJ\x02");
  EXPECT_NE(runner.run("require 'evil'").find("wrong mode"), std::string::npos);
}

TEST(LuaAbuse, a_loop_is_stopped_and_no_pcall_catches_that) {
  ScriptRunner runner;
  for (const char* text : {
           "while true do end",
           "repeat until false",
           "for i = 1, 1e12 do end",
           "::again:: goto again",
           "while true do pcall(function() while true do end end) end",
           "local function f() pcall(f) while true do pcall(f) end end f()",
           "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do "
           "pcall(function() return t[1] end) end",
           "local function f() return f() end f()",
           "local t = setmetatable({}, {__lt = function() while true do end end}) pcall(table.sort, {t, t, "
           "t})",
           "while true do pcall(error, setmetatable({}, {__tostring = function() while true do end end})) "
           "end",
           "pcall(string.gsub, 'aaa', 'a', function() while true do end end) while true do end",
           "pcall(require, 'loop') while true do end",
       }) {
    runner.put("modules.loop", "while true do end");
    EXPECT_TRUE(is_stopped(runner.run(text))) << text;
  }
}

TEST(LuaAbuse, memory_is_limited_and_no_pcall_catches_that) {
  ScriptRunner runner;
  for (const char* text : {
           "local t = {} for i = 1, 1e9 do t[i] = {} end",
           "local s = 'x' while true do s = s .. s end",
           "local s = string.rep('x', 1e9)",
           "pcall(string.rep, 'x', 1e9) while true do end",
           "while true do pcall(string.rep, 'x', 5e5) end",
           "local t = {} while true do pcall(function() for i = 1, 1e5 do t[#t + 1] = 'x' .. i end end) end",
           "local s = ('x'):rep(1e5) local t = {} for i = 1, 1e5 do t[i] = s end table.concat(t)",
           "('x'):rep(1e6):gsub('x', ('y'):rep(1e5))",
           "string.format(('%s'):rep(100), unpack({('x'):rep(1e6)}))",
           "for i = 1, 1e9 do pcall(require, 'm' .. i) end",
       })
    EXPECT_TRUE(is_stopped(runner.run(text)) || runner.run(text).find("bad argument") != std::string::npos)
        << text;
  EXPECT_LE(LuaLimits().memory_bytes, 8U << 20);
}

TEST(LuaAbuse, work_in_c_counts_too) {
  ScriptRunner runner;
  const std::string kMany = "local big = ('x'):rep(5e5) local other = big:sub(1, -2) .. 'y' local n = 0 ";
  for (const std::string text : {
           "while true do n = n + (big < other and 1 or 0) end",
           "while true do n = n + #(big .. other) end",
           "while true do n = n + #big:upper() end",
           "while true do n = n + #slardar.sha256(big) end",
           "while true do n = n + slardar.share(big) end",
           "while true do n = n + (slardar.equal(big, other) and 1 or 0) end",
           "while true do n = n + #big:reverse() end",
           "local digits = ('1'):rep(5e5) while true do n = n + #tostring(tonumber(digits)) end",
           "while true do n = n + (big:find('xy', 1, true) or 0) end",
           "while true do n = n + (big:find(('x'):rep(1e5) .. 'z', 1, true) or 0) end",
           "big:find('.-.-.-.-.-z')",
           "('a'):rep(30):match(('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
           "big:gsub('x-x-x-y', '')",
           "for _ in big:gmatch('x-x-x-y') do end",
           "local t = {} for i = 1, 3e4 do t[i] = i % 2 == 0 and big or other end table.sort(t)",
           "local t = {} for i = 1, 3e4 do t[i] = i end while true do table.insert(t, 1, table.remove(t)) "
           "end",
           "local t = {} for i = 1, 1e4 do t['k' .. i] = 1 end for k in pairs(t) do t[k] = nil end "
           "while true do next(t) end",
       })
    EXPECT_TRUE(is_stopped(runner.run(kMany + text))) << text;
}

TEST(LuaAbuse, the_stack_of_the_thread_is_not_used_up) {
  ScriptRunner runner;
  for (const char* text : {
           "local function f() return 1 + f() end f()",
           "local function f(s) return (s:gsub('.', f)) end f('a')",
           "local mt = {} mt.__tostring = function() return ('%s'):format(setmetatable({}, mt)) end "
           "tostring(setmetatable({}, mt))",
           "local function f() table.sort({1, 2, 3}, function(a, b) f() return a < b end) end f()",
           "local function f() local ok, why = pcall(f) if not ok then error(why) end end f()",
           "local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x",
           "local t = setmetatable({}, {__concat = function(a, b) return a .. b end}) return t .. t",
           "local t = setmetatable({}, {__call = function(self) return self() end}) t()",
           "error(error)",
       })
    EXPECT_NE(runner.run(text), "") << text;
  runner.put("modules.a", "return require 'b'");
  runner.put("modules.b", "return require 'a'");
  EXPECT_NE(runner.run("require 'a'").find("requires itself"), std::string::npos);
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "(";
  EXPECT_FALSE(decode_lua("script.x", "return " + nested));
  std::string table;
  for (int i = 0; i < 100'000; ++i) table += "{";
  EXPECT_FALSE(decode_lua("script.x", "return " + table));
}

// What the library does with each of many long texts is work, too.
TEST(LuaAbuse, texts_that_are_read_as_numbers_take_steps) {
  const std::string many = "local s = (' '):rep(999999) .. '1' local t = {} for i = 1, 7000 do t[i] = s end ";
  for (const char* function : {"math.max", "math.min", "bit.band", "bit.bor", "bit.bxor", "string.char"}) {
    ScriptRunner runner;
    EXPECT_TRUE(is_stopped(runner.run(many + function + "(unpack(t))"))) << function;
  }
}

TEST(LuaAbuse, a_function_of_the_library_that_compares_takes_steps) {
  ScriptRunner runner;
  EXPECT_NE(runner.run("local t = {} for i = 1, 30000 do t[i] = i end table.sort(t, rawequal)"), "");
}

TEST(LuaAbuse, few_instructions_that_take_long_are_stopped_when_they_come_again) {
  ScriptRunner runner;
  runner.put("modules.long", "return (' '):rep(999999) .. '1'");
  const std::string text = "local s, x = require 'long', 0 for i = 1, 30 do x = x + s + s + s + s end";
  std::string last = runner.run(text);
  for (int i = 0; i < 3 && last.empty(); ++i) last = runner.run();
  EXPECT_EQ(last, kTooLong);
}

TEST(LuaAbuse, nothing_is_left_for_the_next_request) {
  ScriptRunner runner;
  EXPECT_NE(runner.run("rawset(_G, 'seen', 1)").find("global 'seen' is not declared"), std::string::npos);
  EXPECT_NE(runner.run("seen = slardar.request.host()").find("global 'seen' is not declared"),
            std::string::npos);
  ASSERT_EQ(runner.load("slardar.response.set_header('X-Seen', 'yes') slardar.exit(403, 'no')"), "");
  EXPECT_EQ(runner.run(), "");
  EXPECT_TRUE(runner.wish.answer);
  EXPECT_EQ(runner.run("pcall(slardar.exit, 403, 'no', {['bad name'] = 'x'})"), "");
  EXPECT_FALSE(runner.wish.answer) << "it went on";
}

TEST(LuaAbuse, exit_is_not_caught) {
  ScriptRunner runner;
  EXPECT_EQ(runner.run("pcall(slardar.exit, 403) slardar.exit(500)"), "");
  EXPECT_EQ(runner.wish.answer->status, 403);
}

TEST(LuaAbuse, headers_cannot_be_forged) {
  ScriptRunner runner;
  for (const char* text : {"slardar.response.set_header('X-A', 'b\\r\\nX-C: d')",
                           "slardar.response.add_header('X-A\\r\\nX-C', 'b')",
                           "slardar.request.set_header('Content-Length', '5')",
                           "slardar.request.set_header('Host', 'other.test')",
                           "slardar.exit(200, 'x', {['Transfer-Encoding'] = 'chunked'})",
                           "slardar.exit(200, 'x', {['X-A'] = 'a\\0b'})", "slardar.exit(101)",
                           "slardar.exit(204, 'x')", "slardar.exit(200, ('x'):rep(3e5))",
                           "for i = 1, 30 do slardar.request.set_header('X-' .. i, 'x') end",
                           "for i = 1, 30 do slardar.response.add_header('X', ('x'):rep(1e3)) end"}) {
    EXPECT_NE(runner.run(text), "") << text;
    EXPECT_FALSE(runner.wish.answer);
    EXPECT_TRUE(runner.wish.request.empty() && runner.wish.response.empty());
  }
}

TEST(LuaAbuse, counters_and_their_names_are_few) {
  ScriptRunner runner;
  EXPECT_NE(runner.run("for i = 1, 1000 do slardar.count('c' .. i) end").find("more than 100 counters"),
            std::string::npos);
  EXPECT_NE(runner.run("slardar.count('a\"b')"), "");
}

TEST(LuaAbuse, errors_are_one_short_line) {
  ScriptRunner runner;
  const std::string error = runner.run("error('a\\nb' .. ('x'):rep(1e5), 0)");
  EXPECT_EQ(error.find('\n'), std::string::npos);
  EXPECT_LT(error.size(), 1'000U);
  EXPECT_EQ(runner.run("error({})"), "(error object is a table)");
}

}  // namespace
}  // namespace hancock::slardar
