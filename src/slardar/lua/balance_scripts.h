// BalanceScripts: the balancers of all `balance.<name>` records in one worker. Whatever goes wrong in one,
// the choice is left to whom it would be without: it is counted and logged. Worker's thread only.
#pragma once

#include "slardar/lua/balance_script.h"
#include "slardar/lua/lua_programs.h"

namespace hancock::slardar {

class BalanceScripts {
 public:
  explicit BalanceScripts(Random& random);

  void apply(const LuaCodePtr& code) { programs_.apply(code); }

  /// What balance.`name` chooses, in lower case; nullopt: there is no such code, it fails, or leaves it to
  /// others.
  std::optional<size_t> pick(std::string_view name, const BalanceView& view);

  /// By the balancer's full name.
  const std::map<std::string, uint64_t>& errors() const { return programs_.errors(); }

 private:
  LuaPrograms programs_;
};

}  // namespace hancock::slardar
