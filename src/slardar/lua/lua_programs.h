// LuaPrograms: all programs of one kind ("script.", "balance.", "check.") in one thread. Each has a state of
// its own, made when it is needed first, and nothing that it does reaches another one's: one that was stopped
// rests for a hundred times as long as it worked, so that all it takes of the thread is a hundredth. One
// thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "slardar/lua/lua_program.h"

namespace hancock::slardar {

class LuaPrograms {
 public:
  using Make =
      std::function<std::unique_ptr<LuaProgram>(const LuaCode::Entry& entry, const LuaCodePtr& code)>;
  struct Place {
    LuaCode::Entry entry;
    std::unique_ptr<LuaProgram> program;  // nullptr: not made yet
    TimePoint rests_until{};
    TimePoint logged{};
    bool fails_open = false;  // a script's wish, when it failed last
  };

  LuaPrograms(std::string_view kind, Make make) : kind_(kind), make_(std::move(make)) {}

  /// Takes the code of a new snapshot; programs that it does not concern stay as they are.
  void apply(const LuaCodePtr& code);

  bool empty() const { return places_.empty(); }
  /// By what follows the kind in its name, in lower case. Valid until the next apply(); nullptr: there is
  /// none.
  Place* find(std::string_view name);
  /// Its program, that can be run. Errors: it rests; it cannot be loaded.
  Result<LuaProgram*> ready(Place& place, TimePoint now);
  /// That came of the one or the other: it is counted and logged, and what was stopped rests.
  void note_failure(Place& place, const Error& error, TimePoint now);

  /// By the program's name.
  const std::map<std::string, uint64_t>& errors() const { return errors_; }

 private:
  static constexpr int kRestFactor = 100;
  static constexpr Duration kRestMax = 10s;  // of one that cannot be loaded
  static constexpr Duration kStoppedRestMax = 1min;
  static constexpr Duration kLogEvery = 1s;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const std::string_view kind_;
  const Make make_;
  LuaCodePtr code_ = std::make_shared<const LuaCode>();
  std::unordered_map<std::string, Place, Hash, std::equal_to<>> places_;
  std::map<std::string, uint64_t> errors_;
};

}  // namespace hancock::slardar
