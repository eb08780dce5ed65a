#include "slardar/lua/balance_script.h"

#include "slardar/lua/lua_text.h"
#include "slardar/lua/lua_tools.h"

namespace hancock::slardar {

/// What it can ask. Servers are counted from 1.
struct BalanceApi {
  static const BalanceView& view(lua_State* lua) {
    const BalanceView* const view = static_cast<BalanceScript&>(BalanceScript::of(lua)).view_;
    if (!view) luaL_error(lua, "there are servers only while one is chosen");
    return *view;
  }
  static size_t place(lua_State* lua) {
    const lua_Integer number = luaL_checkinteger(lua, 1);
    const auto count = static_cast<lua_Integer>(view(lua).servers.size());
    luaL_argcheck(lua, number >= 1 && number <= count, 1, "a server's number is needed");
    return static_cast<size_t>(number - 1);
  }

  static int count(lua_State* lua) {
    lua_pushinteger(lua, static_cast<lua_Integer>(view(lua).servers.size()));
    return 1;
  }
  static int usable(lua_State* lua) {
    const size_t asked = place(lua);
    lua_pushboolean(lua, view(lua).is_usable(asked));
    return 1;
  }
  static int weight(lua_State* lua) {
    const size_t asked = place(lua);
    lua_pushinteger(lua, static_cast<lua_Integer>(view(lua).servers[asked].weight));
    return 1;
  }
  static int in_flight(lua_State* lua) {
    const size_t asked = place(lua);
    lua_pushnumber(lua, static_cast<lua_Number>(view(lua).peers[asked]->in_flight));
    return 1;
  }
  static int address(lua_State* lua) {
    const size_t asked = place(lua);
    return push_text(lua, std::string_view(view(lua).peers[asked]->name));
  }
  static int key(lua_State* lua) {
    lua_pushnumber(lua, share_of(view(lua).choice.key));
    return 1;
  }

  static void open(lua_State* lua) {
    static constexpr LuaFunction kServers[] = {{"count", count},
                                               {"usable", usable},
                                               {"weight", weight},
                                               {"in_flight", in_flight},
                                               {"address", address}};
    static constexpr LuaFunction kRequest[] = {{"key", key}};
    add_table(lua, "servers", kServers);
    add_table(lua, "request", kRequest);
  }
};

Result<void> BalanceScript::load() { return load_function(&BalanceApi::open); }

Result<std::optional<size_t>> BalanceScript::pick(const BalanceView& view) {
  std::optional<size_t> chosen;
  view_ = &view;
  auto done = state().run([&](lua_State* lua) {
    push_code(lua);
    lua_call(lua, 0, 1);
    if (lua_isnil(lua, -1)) return;
    const lua_Number number = lua_type(lua, -1) == LUA_TNUMBER ? lua_tonumber(lua, -1) : 0;
    const bool is_there = number >= 1 && number <= static_cast<lua_Number>(view.servers.size());
    if (!is_there || !view.is_usable(static_cast<size_t>(number) - 1))
      luaL_error(lua, "it has to return the number of a usable server, or nil");
    chosen = static_cast<size_t>(number) - 1;
  });
  view_ = nullptr;
  if (!done) return forward_error(done);
  return chosen;
}

}  // namespace hancock::slardar
