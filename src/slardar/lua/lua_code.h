// LuaCode: all hot code of one snapshot. Immutable once built, by the control thread; any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "slardar/lua/lua_counters.h"
#include "slardar/lua/lua_record.h"

namespace hancock::slardar {

class LuaCode {
 public:
  struct Entry {
    LuaTextPtr text;
    WallTime since;                         // it is the same since then
    std::shared_ptr<LuaCounters> counters;  // the same as long as there is code of that name
  };
  using Entries = std::map<std::string, Entry, std::less<>>;  // by name

  LuaCode() = default;
  /// What was there `before` with the same text stays what it is.
  LuaCode(const std::vector<LuaTextPtr>& texts, const LuaCode& before, WallTime now);

  const Entries& entries() const { return entries_; }
  /// nullptr: there is none of that name.
  LuaTextPtr find(std::string_view name) const;
  /// How often it became another one since the process began.
  uint64_t number() const { return number_; }

 private:
  Entries entries_;
  uint64_t number_ = 0;
};
using LuaCodePtr = std::shared_ptr<const LuaCode>;

}  // namespace hancock::slardar
