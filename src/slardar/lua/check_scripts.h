// CheckScripts: the checks of all `check.<name>` records, as kinds for the Checker. Code that fails says
// nothing about the server: kInternal (check/check_kind.h); it is counted and logged. Control thread only;
// outlives the checks.
#pragma once

#include "slardar/lua/check_script.h"
#include "slardar/lua/lua_programs.h"

namespace hancock::slardar {

class CheckScripts {
 public:
  static constexpr int kTurnsMax = 100;

  explicit CheckScripts(uint64_t seed);

  /// The check of that kind, "check.mine", by the present code; empty: it is none of Lua's.
  CheckRun find(const std::string& kind, const LuaCodePtr& code);

  /// By the check's full name.
  const std::map<std::string, uint64_t>& errors() const { return programs_.errors(); }

 private:
  io::Async<Result<CheckFacts>> talk(std::string name, io::Loop& loop, const CheckTarget& target,
                                     const CheckOptions& options, TimePoint deadline);
  Result<CheckWish> take(const std::string& name, const CheckTurn& turn, TimePoint now);

  SeededRandom random_;
  LuaPrograms programs_;
};

}  // namespace hancock::slardar
