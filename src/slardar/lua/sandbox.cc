#include "slardar/lua/sandbox.h"

#include <lua.hpp>

#include "slardar/lua/lua_state.h"
#include "slardar/lua/lua_strings.h"

namespace hancock::slardar {
namespace {

constexpr const char* kBase[] = {"assert", "error",  "getmetatable", "ipairs",   "next", "pairs", "rawequal",
                                 "rawget", "select", "setmetatable", "tostring", "type", "unpack"};
constexpr const char* kBaseCharged[] = {"tonumber"};
constexpr const char* kBit[] = {"arshift", "bnot",   "bswap", "lshift", "rol",
                                "ror",     "rshift", "tobit", "tohex"};
// Those that take as many arguments as there are read each that is a text as a number.
constexpr const char* kBitCharged[] = {"band", "bor", "bxor"};
constexpr const char* kMath[] = {"abs", "acos",  "asin", "atan",  "atan2", "ceil",  "cos", "cosh",  "deg",
                                 "exp", "floor", "fmod", "frexp", "huge",  "ldexp", "log", "log10", "modf",
                                 "pi",  "pow",   "rad",  "sin",   "sinh",  "sqrt",  "tan", "tanh"};
constexpr const char* kMathCharged[] = {"max", "min"};
constexpr const char* kString[] = {"byte", "len", "sub"};
constexpr const char* kStringCharged[] = {"char", "format", "lower", "reverse", "upper"};
constexpr const char* kTableCharged[] = {"concat", "insert", "remove"};

constexpr size_t kSlotBytes = 16;  // that an element of a table counts for

uint64_t bytes_of_arguments(lua_State* lua) {
  uint64_t bytes = 0;
  for (int i = 1; i <= lua_gettop(lua); ++i) {
    const int type = lua_type(lua, i);
    if (type == LUA_TSTRING) bytes += lua_objlen(lua, i);
    if (type == LUA_TTABLE) bytes += lua_objlen(lua, i) * kSlotBytes;
  }
  return bytes;
}

/// Calls the library's function, its upvalue, with all that stands on the stack.
int call_library(lua_State* lua) {
  const int count = lua_gettop(lua);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  LuaState::of(lua).call(count, LUA_MULTRET);
  return lua_gettop(lua);
}

int charged(lua_State* lua) {
  LuaState::of(lua).charge(bytes_of_arguments(lua));
  return call_library(lua);
}

int repeat(lua_State* lua) {
  size_t size = 0;
  luaL_checklstring(lua, 1, &size);
  const lua_Number times = luaL_checknumber(lua, 2);
  const lua_Number bytes = times > 0 ? static_cast<lua_Number>(size + 1) * times : 0;
  LuaState::of(lua).charge(bytes < 1e15 ? static_cast<uint64_t>(bytes) : uint64_t{1} << 50);
  return call_library(lua);
}

int less(lua_State* lua) {
  LuaState::of(lua).charge(64 + bytes_of_arguments(lua));
  lua_pushboolean(lua, lua_lessthan(lua, 1, 2));
  return 1;
}

/// A function of a library compares, its upvalue: it takes no steps by itself.
int compare(lua_State* lua) {
  LuaState::of(lua).charge(64 + bytes_of_arguments(lua));
  return call_library(lua);
}

// Always with a function that compares: the library's own way goes over the elements' bytes uncounted.
int sort(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  if (lua_isnil(lua, 2)) {
    lua_pushcfunction(lua, less);
    lua_replace(lua, 2);
  } else if (lua_iscfunction(lua, 2)) {
    lua_pushcclosure(lua, compare, 1);
  }
  LuaState::of(lua).charge(bytes_of_arguments(lua));
  return call_library(lua);
}

int protected_call(lua_State* lua) {
  luaL_checkany(lua, 1);
  const int status = LuaState::of(lua).protected_call(lua_gettop(lua) - 1, LUA_MULTRET);
  lua_pushboolean(lua, status == 0);
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

int refuse_global(lua_State* lua) {
  const char* const name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
  return luaL_error(lua, "global '%s' is not declared: use local", name);
}

int raw_set(lua_State* lua) {
  push_globals(lua);
  const bool is_global = lua_rawequal(lua, 1, -1) != 0;
  lua_pop(lua, 1);
  return is_global ? refuse_global(lua) : call_library(lua);
}

void open_library(lua_State* lua, lua_CFunction open, const char* name) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// In all of these the table that is filled is at the top, the one that is copied from below it.
template <size_t N>
void keep(lua_State* lua, const char* const (&names)[N]) {
  for (const char* name : names) {
    lua_getfield(lua, -2, name);
    lua_setfield(lua, -2, name);
  }
}

void keep_with(lua_State* lua, lua_CFunction wrapper, const char* name) {
  lua_getfield(lua, -2, name);
  lua_pushcclosure(lua, wrapper, 1);
  lua_setfield(lua, -2, name);
}

template <size_t N>
void keep_charged(lua_State* lua, const char* const (&names)[N]) {
  for (const char* name : names) keep_with(lua, charged, name);
}

/// Fills a new table from the library of that name and leaves it in the globals, which stand at `globals`.
template <class Fill>
void keep_library(lua_State* lua, int globals, const char* name, Fill fill) {
  lua_getglobal(lua, name);
  lua_newtable(lua);
  fill();
  lua_setfield(lua, globals, name);
  lua_pop(lua, 1);
}

/// ("x"):upper() finds what the code has, and nobody the metatable.
void close_string_metatable(lua_State* lua, int globals) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getfield(lua, globals, "string");
  lua_setfield(lua, -2, "__index");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

void close_globals(lua_State* lua, int globals) {
  lua_pushvalue(lua, globals);
  lua_setfield(lua, globals, "_G");
  lua_newtable(lua);
  lua_pushcfunction(lua, refuse_global);
  lua_setfield(lua, -2, "__newindex");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, globals);
}

}  // namespace

void open_sandbox(lua_State* lua) {
  open_library(lua, luaopen_base, "");
  open_library(lua, luaopen_bit, LUA_BITLIBNAME);
  open_library(lua, luaopen_math, LUA_MATHLIBNAME);
  open_library(lua, luaopen_string, LUA_STRLIBNAME);
  open_library(lua, luaopen_table, LUA_TABLIBNAME);

  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  lua_newtable(lua);
  const int globals = lua_gettop(lua);
  keep(lua, kBase);
  keep_charged(lua, kBaseCharged);
  lua_pushcfunction(lua, protected_call);
  lua_setfield(lua, globals, "pcall");
  keep_with(lua, raw_set, "rawset");
  keep_library(lua, globals, LUA_BITLIBNAME, [&] {
    keep(lua, kBit);
    keep_charged(lua, kBitCharged);
  });
  keep_library(lua, globals, LUA_MATHLIBNAME, [&] {
    keep(lua, kMath);
    keep_charged(lua, kMathCharged);
  });
  keep_library(lua, globals, LUA_STRLIBNAME, [&] {
    keep(lua, kString);
    keep_charged(lua, kStringCharged);
    keep_with(lua, repeat, "rep");
    add_pattern_functions(lua);
  });
  keep_library(lua, globals, LUA_TABLIBNAME, [&] {
    keep_charged(lua, kTableCharged);
    keep_with(lua, sort, "sort");
  });
  close_string_metatable(lua, globals);
  close_globals(lua, globals);
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_pop(lua, 1);
  // The libraries as they are, which nothing leads to any more.
  lua_pushnil(lua);
  lua_setfield(lua, LUA_REGISTRYINDEX, "_LOADED");
}

void push_globals(lua_State* lua) { lua_pushvalue(lua, LUA_GLOBALSINDEX); }

}  // namespace hancock::slardar
