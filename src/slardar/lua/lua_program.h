// LuaProgram: one record's code at work in one thread: its state, its compiled text, and the modules that it
// has required. What uses it (a script) gives its functions and runs it. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "slardar/lua/lua_code.h"
#include "slardar/lua/lua_state.h"

namespace hancock::slardar {

class LuaProgram {
 public:
  LuaProgram(LuaTextPtr text, LuaCodePtr code) : text_(std::move(text)), code_(std::move(code)) {}
  LuaProgram(const LuaProgram&) = delete;
  LuaProgram& operator=(const LuaProgram&) = delete;
  virtual ~LuaProgram() = default;

  const std::string& name() const { return text_->name; }
  /// True: with `code` it would do the same, and uses it from now on.
  bool goes_on_with(const LuaTextPtr& text, const LuaCodePtr& code);

 protected:
  /// Makes the state and compiles. `open` adds to the sandbox's globals.
  Result<void> load(void (*open)(lua_State*));
  LuaState& state() { return *state_; }
  LuaState::Chunk chunk() const { return chunk_; }
  /// Whose state it is; as it was made.
  static LuaProgram& of(lua_State* lua) { return *static_cast<LuaProgram*>(LuaState::of(lua).owner()); }

 private:
  static void open_require(lua_State* lua);
  static int require(lua_State* lua);
  void load_module(lua_State* lua);
  LuaTextPtr use(std::string_view name);

  const LuaTextPtr text_;
  LuaCodePtr code_;
  std::map<std::string, LuaTextPtr, std::less<>> used_;  // modules, nullptr: was not there
  std::unique_ptr<LuaState> state_;
  LuaState::Chunk chunk_ = 0;
};

}  // namespace hancock::slardar
