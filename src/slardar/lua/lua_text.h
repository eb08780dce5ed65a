// Texts between Lua's stack and C functions of hot code. Those hold nothing that has a destructor while they
// call these, which may raise an error.
#pragma once

#include <lua.hpp>
#include <optional>
#include <string_view>

namespace hancock::slardar {

/// An argument, valid as long as it stands on the stack.
inline std::string_view check_text(lua_State* lua, int index) {
  size_t size = 0;
  const char* const text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

inline int push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
  return 1;
}

/// nil where there is none.
inline int push_text(lua_State* lua, std::optional<std::string_view> text) {
  if (text) return push_text(lua, *text);
  lua_pushnil(lua);
  return 1;
}

struct LuaFunction {
  const char* name;
  lua_CFunction call;
};

/// Puts them into the table at the top of the stack.
template <size_t N>
void add_functions(lua_State* lua, const LuaFunction (&functions)[N]) {
  for (const LuaFunction& each : functions) {
    lua_pushcfunction(lua, each.call);
    lua_setfield(lua, -2, each.name);
  }
}

/// Puts a new table of them into the one at the top of the stack, be it that of the globals.
template <size_t N>
void add_table(lua_State* lua, const char* name, const LuaFunction (&functions)[N]) {
  lua_pushstring(lua, name);
  lua_createtable(lua, 0, static_cast<int>(N));
  add_functions(lua, functions);
  lua_rawset(lua, -3);
}

}  // namespace hancock::slardar
