// Scripts: the scripts of all hosts in one worker. Worker's thread only.
#pragma once

#include "slardar/lua/lua_programs.h"
#include "slardar/lua/script.h"

namespace hancock::slardar {

class Scripts {
 public:
  enum class End { kNone, kPassed, kAnswered, kFailed };

  explicit Scripts(Random& random);

  void apply(const LuaCodePtr& code) { programs_.apply(code); }

  bool any() const { return !programs_.empty(); }
  /// The host as scripts are called by it: in lower case, without port and final dot. Valid until the next
  /// call.
  std::string_view name_of(std::string_view host);
  /// Runs the script of `view.host`, and makes the `wish` of kPassed and kAnswered. kFailed: the request is
  /// refused (where the script fails open, kNone).
  End run(const ScriptView& view, std::unique_ptr<ScriptWish>& wish, TimePoint now);

  /// By the script's name.
  const std::map<std::string, uint64_t>& errors() const { return programs_.errors(); }

 private:
  Result<void> run(LuaPrograms::Place& place, const ScriptView& view, ScriptWish& wish, TimePoint now);

  LuaPrograms programs_;  // by host
  std::string host_;
};

}  // namespace hancock::slardar
