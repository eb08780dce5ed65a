#include "slardar/lua/lua_strings.h"

#include <algorithm>
#include <cstring>

#include "slardar/lua/lua_state.h"
#include "slardar/lua/lua_text.h"
#include "slardar/lua/pattern.h"

namespace hancock::slardar {
namespace {

bool match_at(lua_State* lua, Pattern& pattern, size_t begin) {
  const bool matched = pattern.match(begin);
  LuaState& state = LuaState::of(lua);
  if (state.steps() < 0) state.stop(LuaState::Stop::kSteps);
  if (pattern.wrong()) luaL_error(lua, "%s", pattern.wrong());
  return matched;
}

void push_capture(lua_State* lua, const Pattern& pattern, size_t index) {
  const Pattern::Capture capture = pattern.capture(index);
  if (capture.position) {
    lua_pushinteger(lua, static_cast<lua_Integer>(*capture.position));
  } else {
    lua_pushlstring(lua, capture.text.data(), capture.text.size());
  }
}

/// All captures; of a pattern without any, the whole match.
int push_captures(lua_State* lua, const Pattern& pattern, std::string_view whole) {
  const size_t count = pattern.captures();
  luaL_checkstack(lua, static_cast<int>(count) + 1, "too many captures");
  if (count == 0) lua_pushlstring(lua, whole.data(), whole.size());
  for (size_t i = 0; i < count; ++i) push_capture(lua, pattern, i);
  return static_cast<int>(std::max<size_t>(count, 1));
}

/// Where the third argument says that it begins, counted from 0.
size_t begin_of(lua_State* lua, size_t size) {
  const auto wanted = static_cast<int64_t>(luaL_optinteger(lua, 3, 1));
  const auto length = static_cast<int64_t>(size);
  const int64_t place = wanted < 0 ? wanted + length : wanted - 1;
  return static_cast<size_t>(std::clamp<int64_t>(place, 0, length));
}

int push_found(lua_State* lua, size_t begin, size_t end) {
  lua_pushinteger(lua, static_cast<lua_Integer>(begin) + 1);
  lua_pushinteger(lua, static_cast<lua_Integer>(end));
  return 2;
}

int find_plain(lua_State* lua, std::string_view text, std::string_view wanted, size_t begin) {
  LuaState::of(lua).charge(text.size() - begin + wanted.size());
  // memmem is linear in both; std::string_view::find is not.
  const void* const found = ::memmem(text.data() + begin, text.size() - begin, wanted.data(), wanted.size());
  if (!found) {
    lua_pushnil(lua);
    return 1;
  }
  const auto at = static_cast<size_t>(static_cast<const char*>(found) - text.data());
  return push_found(lua, at, at + wanted.size());
}

enum class What { kFind, kMatch };

int find_pattern(lua_State* lua, What what, std::string_view text, std::string_view wanted, size_t begin) {
  const bool anchored = wanted.starts_with('^');
  if (anchored) wanted.remove_prefix(1);
  Pattern pattern(text, wanted, LuaState::of(lua).steps());
  for (size_t at = begin; at <= text.size(); ++at) {
    if (match_at(lua, pattern, at)) {
      const std::string_view whole = text.substr(at, pattern.end() - at);
      if (what == What::kMatch) return push_captures(lua, pattern, whole);
      const int placed = push_found(lua, at, pattern.end());
      return pattern.captures() == 0 ? placed : placed + push_captures(lua, pattern, whole);
    }
    if (anchored) break;
  }
  lua_pushnil(lua);
  return 1;
}

int find(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const std::string_view wanted = check_text(lua, 2);
  const size_t begin = begin_of(lua, text.size());
  LuaState::of(lua).charge(wanted.size());
  const bool plain = lua_toboolean(lua, 4) || wanted.find_first_of("^$*+?.([%-") == std::string_view::npos;
  return plain ? find_plain(lua, text, wanted, begin) : find_pattern(lua, What::kFind, text, wanted, begin);
}

int match(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const std::string_view wanted = check_text(lua, 2);
  return find_pattern(lua, What::kMatch, text, wanted, begin_of(lua, text.size()));
}

/// One step of gmatch; upvalues: text, pattern, where to go on.
int next_match(lua_State* lua) {
  const std::string_view text = check_text(lua, lua_upvalueindex(1));
  const std::string_view wanted = check_text(lua, lua_upvalueindex(2));
  Pattern pattern(text, wanted, LuaState::of(lua).steps());
  for (auto at = static_cast<size_t>(lua_tointeger(lua, lua_upvalueindex(3))); at <= text.size(); ++at) {
    if (!match_at(lua, pattern, at)) continue;
    const size_t next = pattern.end() + (pattern.end() == at ? 1 : 0);
    lua_pushinteger(lua, static_cast<lua_Integer>(next));
    lua_replace(lua, lua_upvalueindex(3));
    return push_captures(lua, pattern, text.substr(at, pattern.end() - at));
  }
  return 0;
}

int gmatch(lua_State* lua) {
  check_text(lua, 1);
  check_text(lua, 2);
  lua_settop(lua, 2);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, next_match, 3);
  return 1;
}

/// The third argument's text, in which "%1" stands for a capture.
void add_expanded(lua_State* lua, luaL_Buffer* out, const Pattern& pattern, std::string_view whole) {
  const std::string_view text = check_text(lua, 3);
  LuaState::of(lua).charge(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      luaL_addchar(out, text[i]);
      continue;
    }
    const char c = text[++i];
    if (c < '0' || c > '9') {
      luaL_addchar(out, c);
      continue;
    }
    const size_t index = c == '0' ? 0 : static_cast<size_t>(c - '1');
    if (c == '0' || (index == 0 && pattern.captures() == 0)) {
      luaL_addlstring(out, whole.data(), whole.size());
    } else if (index < pattern.captures()) {
      push_capture(lua, pattern, index);
      luaL_addvalue(out);
    } else {
      luaL_error(lua, "invalid capture index");
    }
  }
}

/// What the third argument, a table or a function, says that stands in the place of a match.
void add_looked_up(lua_State* lua, luaL_Buffer* out, const Pattern& pattern, std::string_view whole) {
  if (lua_type(lua, 3) == LUA_TTABLE) {
    push_captures(lua, pattern, whole);
    if (pattern.captures() > 1) lua_pop(lua, static_cast<int>(pattern.captures()) - 1);
    lua_rawget(lua, 3);
  } else {
    lua_pushvalue(lua, 3);
    LuaState::of(lua).call(push_captures(lua, pattern, whole), 1);
  }
  if (!lua_toboolean(lua, -1)) {
    lua_pop(lua, 1);
    lua_pushlstring(lua, whole.data(), whole.size());
  } else if (!lua_isstring(lua, -1)) {
    luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
  }
  luaL_addvalue(out);
}

int gsub(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  std::string_view wanted = check_text(lua, 2);
  const int kind = lua_type(lua, 3);
  const bool is_text = kind == LUA_TSTRING || kind == LUA_TNUMBER;
  luaL_argcheck(lua, is_text || kind == LUA_TTABLE || kind == LUA_TFUNCTION, 3,
                "string/function/table expected");
  const lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(text.size()) + 1);
  const bool anchored = wanted.starts_with('^');
  if (anchored) wanted.remove_prefix(1);
  lua_settop(lua, 4);  // the buffer keeps its pieces above
  Pattern pattern(text, wanted, LuaState::of(lua).steps());
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  lua_Integer count = 0;
  size_t at = 0;
  while (count < most) {
    const bool matched = match_at(lua, pattern, at);
    if (matched) {
      ++count;
      const std::string_view whole = text.substr(at, pattern.end() - at);
      is_text ? add_expanded(lua, &out, pattern, whole) : add_looked_up(lua, &out, pattern, whole);
    }
    if (matched && pattern.end() > at) {
      at = pattern.end();
    } else if (at < text.size()) {
      luaL_addchar(&out, text[at++]);
    } else {
      break;
    }
    if (anchored) break;
  }
  luaL_addlstring(&out, text.data() + at, text.size() - at);
  luaL_pushresult(&out);
  lua_pushinteger(lua, count);
  return 2;
}

}  // namespace

void add_pattern_functions(lua_State* lua) {
  static constexpr LuaFunction kFunctions[] = {
      {"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}};
  add_functions(lua, kFunctions);
}

}  // namespace hancock::slardar
