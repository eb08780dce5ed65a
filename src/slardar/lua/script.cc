#include "slardar/lua/script.h"

#include <lua.hpp>

#include "slardar/lua/script_api.h"

namespace hancock::slardar {

Script::Script(const LuaCode::Entry& entry, LuaCodePtr code, Random& random)
    : LuaProgram(entry, std::move(code), random) {
  cookie_.kind = Sticky::Kind::kCookie;
}

Result<void> Script::load() { return LuaProgram::load(open_script_api); }

Result<void> Script::run(const ScriptView& view, ScriptWish& wish) {
  view_ = &view;
  wish_ = &wish;
  auto done = state().run([this](lua_State* lua) {
    push_code(lua);
    lua_call(lua, 0, 0);
  });
  if (state().stopped() != LuaState::Stop::kExit) wish.answer.reset();
  if (done) return done;
  const bool fail_open = wish.fail_open;
  wish = ScriptWish();
  wish.fail_open = fail_open;
  return done;
}

}  // namespace hancock::slardar
