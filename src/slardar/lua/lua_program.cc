#include "slardar/lua/lua_program.h"

#include <algorithm>

#include "base/log.h"
#include "slardar/lua/lua_text.h"
#include "slardar/lua/lua_tools.h"
#include "slardar/lua/sandbox.h"

namespace hancock::slardar {
namespace {

constexpr const char* kLoaded = "slardar.loaded";  // in the state's registry: module -> what it has returned
constexpr size_t kModulesMax = 100;                // of one program, those that are not there among them
constexpr size_t kLoggedMax = 1'000;               // bytes of a line

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
  auto opened = state_->run([open](lua_State* lua) {
    open_require(lua);
    open_lua_tools(lua);
    open(lua);
  });
  if (!opened) return opened;
  auto compiled = state_->compile(text_->name, text_->text);
  if (!compiled) return forward_error(compiled);
  chunk_ = *compiled;
  return {};
}

Result<void> LuaProgram::load_function(void (*open)(lua_State*)) {
  if (auto loaded = load(open); !loaded) return loaded;
  return state_->run([this](lua_State* lua) {
    push_code(lua);
    lua_call(lua, 0, 1);
    if (!lua_isfunction(lua, -1)) luaL_error(lua, "%s: it has to return a function", name().c_str());
    chunk_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  });
}

void LuaProgram::open_require(lua_State* lua) {
  push_globals(lua);
  lua_pushliteral(lua, "require");
  lua_pushcfunction(lua, &LuaProgram::require);
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
  lua_newtable(lua);
  lua_setfield(lua, LUA_REGISTRYINDEX, kLoaded);
}

/// "keys" and "modules.keys" are the same.
int LuaProgram::require(lua_State* lua) {
  const std::string_view name = check_text(lua, 1);
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

LuaCounters::Counter* LuaProgram::counter(std::string_view name) {
  if (const auto known = known_counters_.find(name); known != known_counters_.end()) return known->second;
  LuaCounters::Counter* const found = counters_->find(name);
  if (found) known_counters_.emplace(name, found);
  return found;
}

// By the second, so that code which logs each request does not fill the disk.
void LuaProgram::log(std::string_view text) {
  const TimePoint now = BootClock::now();
  if (now - log_window_ >= 1s) {
    if (logged_ > kLinesMax) log::info("lua", "{}: {} more lines", name(), logged_ - kLinesMax);
    log_window_ = now;
    logged_ = 0;
  }
  if (++logged_ > kLinesMax) return;
  std::string line(text.substr(0, kLoggedMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  log::info("lua", "{}: {}", name(), line);
}

}  // namespace hancock::slardar
