#include "slardar/lua/check_script.h"

#include "slardar/lua/lua_text.h"

namespace hancock::slardar {

/// What it can ask, and what it says.
struct CheckApi {
  static const CheckTurn& turn(lua_State* lua) {
    const CheckTurn* const turn = self(lua).turn_;
    if (!turn) luaL_error(lua, "there is a server only while it is checked");
    return *turn;
  }
  static CheckScript& self(lua_State* lua) { return static_cast<CheckScript&>(CheckScript::of(lua)); }

  static int host(lua_State* lua) {
    self(lua).host_ = turn(lua).target.address.host();
    return push_text(lua, std::string_view(self(lua).host_));
  }
  static int port(lua_State* lua) {
    lua_pushinteger(lua, turn(lua).target.address.port());
    return 1;
  }
  static int name(lua_State* lua) { return push_text(lua, std::string_view(turn(lua).options.name)); }
  static int user(lua_State* lua) { return push_text(lua, std::string_view(turn(lua).options.user)); }
  static int pass(lua_State* lua) { return push_text(lua, std::string_view(turn(lua).options.password)); }
  static int query(lua_State* lua) { return push_text(lua, std::string_view(turn(lua).options.query)); }

  static void open(lua_State* lua) {
    static constexpr LuaFunction kServer[] = {{"host", host}, {"port", port}};
    static constexpr LuaFunction kOptions[] = {
        {"name", name}, {"user", user}, {"pass", pass}, {"query", query}};
    add_table(lua, "server", kServer);
    add_table(lua, "options", kOptions);
  }

  /// true; or false and why; or what to say, and how many bytes to read instead of a line.
  static void read_wish(lua_State* lua, CheckWish& wish) {
    if (lua_isboolean(lua, 1)) {
      wish.what = lua_toboolean(lua, 1) ? CheckWish::What::kWell : CheckWish::What::kBad;
      const bool has_reason = lua_type(lua, 2) == LUA_TSTRING;
      if (wish.what == CheckWish::What::kBad) wish.text = has_reason ? check_text(lua, 2) : "it is not well";
      return;
    }
    if (lua_type(lua, 1) != LUA_TSTRING) luaL_error(lua, "it has to return true, false or a text");
    const std::string_view text = check_text(lua, 1);
    const lua_Number bytes = luaL_optnumber(lua, 2, 0);
    if (text.size() > CheckScript::kSayMax)
      luaL_error(lua, "more than %d bytes to say", static_cast<int>(CheckScript::kSayMax));
    if (!(bytes >= 0 && bytes <= static_cast<lua_Number>(CheckScript::kReadMax)))
      luaL_error(lua, "0 to %d bytes can be read", static_cast<int>(CheckScript::kReadMax));
    wish.what = CheckWish::What::kSay;
    wish.text = text;
    wish.bytes = static_cast<size_t>(bytes);
  }
};

Result<void> CheckScript::load() { return load_function(&CheckApi::open); }

Result<CheckWish> CheckScript::take(const CheckTurn& turn) {
  turn_ = &turn;
  wish_ = CheckWish();
  auto done = state().run([this](lua_State* lua) {
    push_code(lua);
    lua_pushinteger(lua, turn_->number);
    push_text(lua, turn_->answer);
    lua_call(lua, 2, 2);
    CheckApi::read_wish(lua, wish_);
  });
  turn_ = nullptr;
  if (!done) return forward_error(done);
  return std::move(wish_);
}

}  // namespace hancock::slardar
