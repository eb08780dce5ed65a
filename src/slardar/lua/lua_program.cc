#include "slardar/lua/lua_program.h"

#include <algorithm>
#include <lua.hpp>

#include "slardar/lua/sandbox.h"

namespace hancock::slardar {
namespace {

constexpr const char* kLoaded = "slardar.loaded";  // in the state's registry: module -> what it has returned
constexpr size_t kModulesMax = 100;                // of one program, those that are not there among them

}  // namespace

bool LuaProgram::goes_on_with(const LuaTextPtr& text, const LuaCodePtr& code) {
  const bool same = text == text_ && std::all_of(used_.begin(), used_.end(), [&](const auto& each) {
                      return code->find(each.first) == each.second;
                    });
  if (same) code_ = code;
  return same;
}

Result<void> LuaProgram::load(void (*open)(lua_State*)) {
  auto state = LuaState::make(LuaLimits(), open_sandbox);
  if (!state) return forward_error(state);
  state_ = std::move(*state);
  state_->set_owner(this);
  if (auto opened = state_->run(&LuaProgram::open_require); !opened) return opened;
  if (auto opened = state_->run(open); !opened) return opened;
  auto compiled = state_->compile(text_->name, text_->text);
  if (!compiled) return forward_error(compiled);
  chunk_ = *compiled;
  return {};
}

void LuaProgram::open_require(lua_State* lua) {
  push_globals(lua);
  lua_pushliteral(lua, "require");
  lua_pushcfunction(lua, &LuaProgram::require);
  lua_rawset(lua, -3);
  lua_newtable(lua);
  lua_setfield(lua, LUA_REGISTRYINDEX, kLoaded);
}

/// "keys" and "modules.keys" are the same.
int LuaProgram::require(lua_State* lua) {
  const std::string_view name = luaL_checkstring(lua, 1);
  lua_settop(lua, 1);
  if (!name.starts_with(kLuaModules)) {
    lua_pushlstring(lua, kLuaModules.data(), kLuaModules.size());
    lua_insert(lua, 1);
    lua_concat(lua, 2);
  }
  lua_getfield(lua, LUA_REGISTRYINDEX, kLoaded);
  lua_pushvalue(lua, 1);
  lua_rawget(lua, 2);
  if (lua_isnil(lua, 3)) of(lua).load_module(lua);
  lua_settop(lua, 3);
  if (lua_isboolean(lua, 3) && !lua_toboolean(lua, 3))
    return luaL_error(lua, "module '%s' requires itself", lua_tostring(lua, 1));
  return 1;
}

LuaTextPtr LuaProgram::use(std::string_view name) {
  const auto known = used_.find(name);
  if (known == used_.end() && used_.size() >= kModulesMax) return nullptr;
  return used_[std::string(name)] = code_->find(name);
}

/// Stack: name, what is loaded, nil, in whose place the module's value comes.
void LuaProgram::load_module(lua_State* lua) {
  const char* const name = lua_tostring(lua, 1);
  const LuaText* const module = use(name).get();  // kept by used_
  if (!module) luaL_error(lua, "module '%s' not found", name);
  lua_pushfstring(lua, "=%s", module->name.c_str());
  const std::string& text = module->text;
  if (luaL_loadbufferx(lua, text.data(), text.size(), lua_tostring(lua, -1), "t") != 0) lua_error(lua);
  lua_pushvalue(lua, 1);
  lua_pushboolean(lua, 0);
  lua_rawset(lua, 2);  // until it is done
  const int status = state_->protected_call(0, 1);
  if (status == 0 && lua_isnil(lua, -1)) {
    lua_pop(lua, 1);
    lua_pushboolean(lua, 1);
  }
  lua_pushvalue(lua, 1);
  status == 0 ? lua_pushvalue(lua, -2) : lua_pushnil(lua);
  lua_rawset(lua, 2);
  if (status != 0) lua_error(lua);
  lua_replace(lua, 3);
}

}  // namespace hancock::slardar
