// LuaState: a LuaJIT state in which code that nobody has looked at can do no harm: it reaches nothing but
// what it is given (sandbox.h), has so much memory, and each call of it is stopped after so much work.
//
// Work is counted in steps: an instruction of the interpreter, 64 bytes that are allocated or that a function
// of the library goes over. What steps do not tell (two long strings that are compared) the thread's time
// does. Once a call is stopped nothing in it goes on: every error passes through pcall. The JIT is off:
// compiled code would look at no budget. Owned by whoever calls it; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

#include "base/clock.h"
#include "base/error.h"

struct lua_State;
struct lua_Debug;

namespace hancock::slardar {

struct LuaLimits {
  size_t memory_bytes = 8 << 20;
  size_t block_bytes = 1 << 20;  // of one string, or of one table's array
  int64_t steps = 200'000;       // of one call
  Duration time = 10ms;          // of the processor, for one call
};

class LuaState {
 public:
  /// Why a call went no further.
  enum class Stop { kNone, kExit, kSteps, kMemory };
  /// A compiled text.
  using Chunk = int;

  /// `open` gives it its globals. kUnavailable: there is no memory that LuaJIT can use.
  static Result<std::unique_ptr<LuaState>> make(const LuaLimits& limits, void (*open)(lua_State*));
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;
  ~LuaState();

  /// Text only, no bytecode. kInvalid with "NAME:LINE: …"; kTooLarge: it takes too much memory.
  Result<Chunk> compile(std::string_view name, std::string_view text);
  /// Runs `body(lua_State*)` within the limits: what it or the code that it calls raises is the error.
  /// kInvalid: an error of the code's; kTooLarge: it was stopped. After exit() it is no error. Not nested.
  template <class Body>
  Result<void> run(Body&& body) {
    using Type = std::remove_reference_t<Body>;
    return run_thunk([](lua_State* lua, void* it) { (*static_cast<Type*>(it))(lua); }, &body);
  }

  /// Why the last run() was stopped.
  Stop stopped() const { return stop_; }
  /// How long the last run() took.
  Duration took() const { return BootClock::now() - began_; }
  size_t used_bytes() const { return used_; }

  /// Whom its functions work for; set by the owner.
  void set_owner(void* owner) { owner_ = owner; }
  void* owner() const { return owner_; }

  // For C functions of its own, which hold nothing that has a destructor while they call these.
  static LuaState& of(lua_State* lua);
  static void push(lua_State* lua, Chunk chunk);
  /// Takes steps for that many bytes; does not return when they are used up.
  void charge(uint64_t bytes);
  int64_t& steps() { return steps_; }
  /// Ends the run, past every pcall. Does not return.
  [[noreturn]] void stop(Stop why);
  [[noreturn]] void exit() { stop(Stop::kExit); }
  /// As lua_call and lua_pcall, nested so deep at most; what was stopped is not caught.
  void call(int arguments, int results);
  int protected_call(int arguments, int results);

 private:
  using Thunk = void (*)(lua_State*, void*);
  static constexpr int kDepthMax = 50;      // of calls from C: each takes some of the thread's stack
  static constexpr int kLookEvery = 200;    // steps
  static constexpr size_t kStepBytes = 64;  // that a step stands for
  explicit LuaState(const LuaLimits& limits) : limits_(limits) {}

  Result<void> run_thunk(Thunk thunk, void* argument);
  Result<void> failure();
  bool may_grow(size_t old_size, size_t new_size);
  bool out_of_time();
  bool was_slow();
  void enter();
  struct Source;
  static int entry(lua_State* lua);
  static int keep_entry(lua_State* lua);
  static int keep_chunk(lua_State* lua);
  static void look(lua_State* lua, lua_Debug* where);
  static void* allocate(void* self, void* block, size_t old_size, size_t new_size);

  const LuaLimits limits_;
  lua_State* lua_ = nullptr;
  void* (*allocate_)(void*, void*, size_t, size_t) = nullptr;  // LuaJIT's own
  void* allocate_data_ = nullptr;
  void* owner_ = nullptr;
  int entry_ = 0;
  Thunk thunk_ = nullptr;
  void* argument_ = nullptr;

  size_t used_ = 0;
  bool limited_ = false;  // code runs, or is compiled
  int64_t steps_ = 0;     // that are left
  int depth_ = 0;
  Stop stop_ = Stop::kNone;
  TimePoint began_{};
  Duration worked_{};     // the thread's time when it was looked at first; 0: not yet
  bool suspect_ = false;  // the last run() ended late
};

}  // namespace hancock::slardar
