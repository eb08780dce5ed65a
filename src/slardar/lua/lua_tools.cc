#include "slardar/lua/lua_tools.h"

#include <openssl/crypto.h>

#include "base/encoding.h"
#include "slardar/lua/digest.h"
#include "slardar/lua/lua_program.h"
#include "slardar/lua/lua_text.h"
#include "slardar/lua/sandbox.h"
#include "slardar/routing/sticky.h"

namespace hancock::slardar {

/// The functions. What has a destructor stands in the program.
struct LuaTools {
  /// Of a function that goes over its bytes more slowly than most.
  static constexpr uint64_t kSlowFactor = 8;

  static LuaProgram& self(lua_State* lua) { return LuaProgram::of(lua); }

  static int log(lua_State* lua) {
    self(lua).log(check_text(lua, 1));
    return 0;
  }
  static int count(lua_State* lua) {
    const std::string_view name = check_text(lua, 1);
    const lua_Number by = luaL_optnumber(lua, 2, 1);
    luaL_argcheck(lua, LuaCounters::is_name(name), 1, "a counter's name is needed");
    luaL_argcheck(lua, by >= -1e15 && by <= 1e15, 2, "a number up to 1e15 is needed");
    LuaCounters::Counter* const counter = self(lua).counter(name);
    if (!counter) return luaL_error(lua, "more than %d counters", static_cast<int>(LuaCounters::kNamesMax));
    const auto delta = static_cast<int64_t>(by);
    const auto before = static_cast<uint64_t>(counter->fetch_add(delta, std::memory_order_relaxed));
    lua_pushnumber(lua, static_cast<lua_Number>(static_cast<int64_t>(before + static_cast<uint64_t>(delta))));
    return 1;
  }
  static int now(lua_State* lua) {
    lua_pushnumber(lua, static_cast<lua_Number>(system_clock().wall().time_since_epoch().count()) / 1e3);
    return 1;
  }
  static int random(lua_State* lua);
  static int share(lua_State* lua) {
    const std::string_view text = check_text(lua, 1);
    LuaState::of(lua).charge(text.size() * kSlowFactor);
    lua_pushnumber(lua, share_of(hash_of_client(text)));
    return 1;
  }
  template <class Digest>
  static int digest(lua_State* lua, uint64_t bytes, Digest digest) {
    LuaState::of(lua).charge((64 + bytes) * kSlowFactor);
    self(lua).scratch_ = digest();
    return push_text(lua, std::string_view(self(lua).scratch_));
  }
  static int md5(lua_State* lua) {
    const std::string_view text = check_text(lua, 1);
    return digest(lua, text.size(), [&] { return md5_hex(text); });
  }
  static int sha256(lua_State* lua) {
    const std::string_view text = check_text(lua, 1);
    return digest(lua, text.size(), [&] { return sha256_hex(text); });
  }
  static int hmac_sha256(lua_State* lua) {
    const std::string_view key = check_text(lua, 1);
    const std::string_view text = check_text(lua, 2);
    return digest(lua, key.size() + text.size(), [&] { return hmac_sha256_hex(key, text); });
  }
  /// Takes as long wherever they differ.
  static int equal(lua_State* lua) {
    const std::string_view a = check_text(lua, 1);
    const std::string_view b = check_text(lua, 2);
    LuaState::of(lua).charge(a.size());
    lua_pushboolean(lua, a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
    return 1;
  }
};

/// As math.random: [0, 1), or a whole number in [1, m] or [m, n].
int LuaTools::random(lua_State* lua) {
  Random& random = self(lua).random_;
  if (lua_gettop(lua) == 0) {
    lua_pushnumber(lua, share_of(random.next()));
    return 1;
  }
  const bool one = lua_gettop(lua) == 1;
  const lua_Integer least = one ? 1 : luaL_checkinteger(lua, 1);
  const lua_Integer most = luaL_checkinteger(lua, one ? 1 : 2);
  luaL_argcheck(lua, least <= most, one ? 1 : 2, "interval is empty");
  const uint64_t width = static_cast<uint64_t>(most) - static_cast<uint64_t>(least) + 1;
  const uint64_t above = width == 0 ? random.next() : random.below(width);
  lua_pushinteger(lua, static_cast<lua_Integer>(static_cast<uint64_t>(least) + above));
  return 1;
}

void open_lua_tools(lua_State* lua) {
  static constexpr LuaFunction kTools[] = {
      {"log", LuaTools::log},       {"count", LuaTools::count},
      {"now", LuaTools::now},       {"random", LuaTools::random},
      {"share", LuaTools::share},   {"md5", LuaTools::md5},
      {"sha256", LuaTools::sha256}, {"hmac_sha256", LuaTools::hmac_sha256},
      {"equal", LuaTools::equal}};
  push_globals(lua);
  add_table(lua, "slardar", kTools);
  lua_getfield(lua, -1, LUA_MATHLIBNAME);
  lua_pushcfunction(lua, LuaTools::random);
  lua_setfield(lua, -2, "random");
  lua_pop(lua, 1);
  lua_getfield(lua, -1, "slardar");
}

}  // namespace hancock::slardar
