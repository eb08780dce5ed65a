// LuaProgram: one record's code at work in one thread: its state, its compiled text, the modules that it has
// required, and what its functions keep. Each kind (a script, a balancer, a check) gives it more functions
// and runs it. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/random.h"
#include "slardar/lua/lua_code.h"
#include "slardar/lua/lua_state.h"

namespace hancock::slardar {

class LuaProgram {
 public:
  static constexpr int kLinesMax = 10;  // that it logs in a second

  LuaProgram(const LuaCode::Entry& entry, LuaCodePtr code, Random& random)
      : text_(entry.text), counters_(entry.counters), random_(random), code_(std::move(code)) {}
  LuaProgram(const LuaProgram&) = delete;
  LuaProgram& operator=(const LuaProgram&) = delete;
  virtual ~LuaProgram() = default;

  const std::string& name() const { return text_->name; }
  /// Before it is run.
  virtual Result<void> load() = 0;
  /// True: with `code` it would do the same, and uses it from now on.
  bool goes_on_with(const LuaTextPtr& text, const LuaCodePtr& code);
  /// How long it worked when it was run last.
  Duration took() const { return state_->took(); }

 protected:
  /// Makes the state and compiles. `open` adds to the table `slardar`, which it finds at the top of the
  /// stack.
  Result<void> load(void (*open)(lua_State*));
  /// The same, and runs the text: what is called from then on is the function that it returns.
  Result<void> load_function(void (*open)(lua_State*));
  LuaState& state() { return *state_; }
  /// Pushes what is called.
  void push_code(lua_State* lua) { LuaState::push(lua, chunk_); }
  /// Whose state it is; as it was made.
  static LuaProgram& of(lua_State* lua) { return *static_cast<LuaProgram*>(LuaState::of(lua).owner()); }

 private:
  friend struct LuaTools;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  static void open_require(lua_State* lua);
  static int require(lua_State* lua);
  void load_module(lua_State* lua);
  LuaTextPtr use(std::string_view name);
  LuaCounters::Counter* counter(std::string_view name);
  void log(std::string_view text);

  const LuaTextPtr text_;
  const std::shared_ptr<LuaCounters> counters_;
  Random& random_;
  LuaCodePtr code_;
  std::map<std::string, LuaTextPtr, std::less<>> used_;  // modules, nullptr: was not there
  std::unique_ptr<LuaState> state_;
  LuaState::Chunk chunk_ = 0;

  std::unordered_map<std::string, LuaCounters::Counter*, Hash, std::equal_to<>> known_counters_;
  std::string scratch_;
  TimePoint log_window_{};
  int logged_ = 0;
};

}  // namespace hancock::slardar
