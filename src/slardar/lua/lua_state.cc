#include "slardar/lua/lua_state.h"

#include <cstdlib>
#include <lua.hpp>
#include <string>

#include "base/cpu_time.h"

namespace hancock::slardar {
namespace {

constexpr size_t kMessageMax = 500;

/// What was raised, on one line.
std::string message_at_top(lua_State* lua) {
  size_t size = 0;
  const char* const text = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &size) : nullptr;
  if (!text) return fmt::format("(error object is a {})", luaL_typename(lua, -1));
  std::string message(text, std::min(size, kMessageMax));
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return message;
}

}  // namespace

Result<std::unique_ptr<LuaState>> LuaState::make(const LuaLimits& limits, void (*open)(lua_State*)) {
  std::unique_ptr<LuaState> state(new LuaState(limits));
  lua_State* const lua = luaL_newstate();
  if (!lua) return fail(ErrorCode::kUnavailable, "no memory for a Lua state");
  state->lua_ = lua;
  state->allocate_ = lua_getallocf(lua, &state->allocate_data_);
  state->used_ = (static_cast<size_t>(lua_gc(lua, LUA_GCCOUNT, 0)) << 10) +
                 static_cast<size_t>(lua_gc(lua, LUA_GCCOUNTB, 0));
  lua_setallocf(lua, &LuaState::allocate, state.get());
  luaJIT_setmode(lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  // Whatever may need memory is called from within: outside of every call LuaJIT ends the process without it.
  if (lua_cpcall(lua, &LuaState::keep_entry, state.get()) != 0)
    return fail(ErrorCode::kUnavailable, "no memory for a Lua state");
  if (open) {
    auto opened = state->run(open);
    if (!opened) return forward_error(opened);
  }
  return state;
}

// The arena is given back by LuaJIT only if it finds its own allocator.
LuaState::~LuaState() {
  if (!lua_) return;
  lua_setallocf(lua_, allocate_, allocate_data_);
  lua_close(lua_);
}

LuaState& LuaState::of(lua_State* lua) {
  void* self = nullptr;
  lua_getallocf(lua, &self);
  return *static_cast<LuaState*>(self);
}

void LuaState::push(lua_State* lua, Chunk chunk) { lua_rawgeti(lua, LUA_REGISTRYINDEX, chunk); }

int LuaState::keep_entry(lua_State* lua) {
  lua_pushcfunction(lua, &LuaState::entry);
  of(lua).entry_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

struct LuaState::Source {
  const char* name;
  std::string_view text;
  Chunk chunk = 0;
};

int LuaState::keep_chunk(lua_State* lua) {
  auto& source = *static_cast<Source*>(lua_touserdata(lua, 1));
  const int status = luaL_loadbufferx(lua, source.text.data(), source.text.size(), source.name, "t");
  if (status != 0) lua_error(lua);
  source.chunk = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

Result<LuaState::Chunk> LuaState::compile(std::string_view name, std::string_view text) {
  const std::string chunk_name = fmt::format("={}", name);
  Source source{chunk_name.c_str(), text};
  stop_ = Stop::kNone;
  steps_ = INT64_MAX;
  limited_ = true;
  const int status = lua_cpcall(lua_, &LuaState::keep_chunk, &source);
  limited_ = false;
  if (status == 0) return source.chunk;
  auto failed = failure();
  return forward_error(failed);
}

Result<void> LuaState::run_thunk(Thunk thunk, void* argument) {
  thunk_ = thunk;
  argument_ = argument;
  push(lua_, entry_);
  stop_ = Stop::kNone;
  steps_ = limits_.steps;
  depth_ = 0;
  began_ = BootClock::now();
  worked_ = suspect_ ? thread_cpu_time() : Duration();
  lua_sethook(lua_, &LuaState::look, LUA_MASKCOUNT, kLookEvery);
  limited_ = true;
  const int status = lua_pcall(lua_, 0, 0, 0);
  limited_ = false;
  if (status == 0 && !was_slow()) return {};
  if (status == 0) stop_ = Stop::kSteps;
  return failure();
}

/// A few instructions may take long (arithmetic on long strings), and end before anybody looks. The thread's
/// time is only asked for when the call before was late too.
bool LuaState::was_slow() {
  const bool is_late = BootClock::now() - began_ >= limits_.time;
  if (!is_late || !suspect_) {
    suspect_ = is_late;
    return false;
  }
  suspect_ = thread_cpu_time() - worked_ >= limits_.time;
  return suspect_;
}

int LuaState::entry(lua_State* lua) {
  LuaState& self = of(lua);
  self.thunk_(lua, self.argument_);
  return 0;
}

Result<void> LuaState::failure() {
  std::string message = lua_gettop(lua_) > 0 ? message_at_top(lua_) : std::string();
  lua_settop(lua_, 0);
  switch (stop_) {
    case Stop::kExit:
      return {};
    case Stop::kSteps:
      return fail(ErrorCode::kTooLarge, "stopped: it works too long");
    case Stop::kMemory:
      return fail(ErrorCode::kTooLarge, "stopped: it takes too much memory");
    case Stop::kNone:
      break;
  }
  return fail(ErrorCode::kInvalid, "{}", message);
}

void* LuaState::allocate(void* self, void* block, size_t old_size, size_t new_size) {
  LuaState& state = *static_cast<LuaState*>(self);
  if (state.limited_ && new_size > old_size && !state.may_grow(old_size, new_size)) return nullptr;
  void* const got = state.allocate_(state.allocate_data_, block, old_size, new_size);
  if (got || new_size == 0) state.used_ += new_size - old_size;
  return got;
}

bool LuaState::may_grow(size_t old_size, size_t new_size) {
  const size_t more = new_size - old_size;
  steps_ -= static_cast<int64_t>(more / kStepBytes);
  if (new_size > limits_.block_bytes || used_ + more > limits_.memory_bytes) stop_ = Stop::kMemory;
  if (stop_ == Stop::kNone && steps_ < 0) stop_ = Stop::kSteps;
  return stop_ == Stop::kNone || stop_ == Stop::kExit;
}

// The loop's clock costs less than the thread's, which counts only when the other one says that it may be
// late.
bool LuaState::out_of_time() {
  if (BootClock::now() - began_ < limits_.time) return false;
  const Duration worked = thread_cpu_time();
  if (worked_ == Duration()) worked_ = worked;
  return worked - worked_ >= limits_.time;
}

void LuaState::look(lua_State* lua, lua_Debug*) {
  LuaState& self = of(lua);
  if (!self.limited_) return;
  self.steps_ -= kLookEvery;
  if (self.steps_ < 0 || self.out_of_time()) self.stop(Stop::kSteps);
}

void LuaState::charge(uint64_t bytes) {
  steps_ -= static_cast<int64_t>(bytes / kStepBytes);
  if (steps_ < 0) stop(Stop::kSteps);
}

void LuaState::stop(Stop why) {
  if (stop_ == Stop::kNone) stop_ = why;
  lua_pushnil(lua_);
  lua_error(lua_);
  std::abort();  // lua_error does not return
}

void LuaState::enter() {
  if (depth_ >= kDepthMax) luaL_error(lua_, "calls are nested too deep");
  ++depth_;
}

void LuaState::call(int arguments, int results) {
  enter();
  lua_call(lua_, arguments, results);
  --depth_;
}

int LuaState::protected_call(int arguments, int results) {
  enter();
  const int depth = depth_;
  const int status = lua_pcall(lua_, arguments, results, 0);
  depth_ = depth - 1;
  if (stop_ != Stop::kNone) lua_error(lua_);
  return status;
}

}  // namespace hancock::slardar
