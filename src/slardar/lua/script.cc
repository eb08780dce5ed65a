#include "slardar/lua/script.h"

#include <lua.hpp>

#include "base/log.h"
#include "slardar/lua/script_api.h"

namespace hancock::slardar {
namespace {

constexpr size_t kLoggedMax = 1'000;

}  // namespace

Script::Script(LuaTextPtr text, LuaCodePtr code, std::shared_ptr<LuaCounters> counters, Random& random)
    : LuaProgram(std::move(text), std::move(code)), counters_(std::move(counters)), random_(random) {
  cookie_.kind = Sticky::Kind::kCookie;
}

Result<void> Script::load() { return LuaProgram::load(open_script_api); }

Result<void> Script::run(const ScriptView& view, ScriptWish& wish) {
  view_ = &view;
  wish_ = &wish;
  auto done = state().run([this](lua_State* lua) {
    LuaState::push(lua, chunk());
    lua_call(lua, 0, 0);
  });
  if (state().stopped() != LuaState::Stop::kExit) wish.answer.reset();
  if (done) return done;
  const bool fail_open = wish.fail_open;
  wish = ScriptWish();
  wish.fail_open = fail_open;
  return done;
}

LuaCounters::Counter* Script::counter(std::string_view name) {
  if (const auto known = known_counters_.find(name); known != known_counters_.end()) return known->second;
  LuaCounters::Counter* const found = counters_->find(name);
  if (found) known_counters_.emplace(name, found);
  return found;
}

// By the second, so that a script which logs each request does not fill the disk.
void Script::log(std::string_view text) {
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
