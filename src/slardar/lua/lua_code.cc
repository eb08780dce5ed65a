#include "slardar/lua/lua_code.h"

#include <algorithm>

namespace hancock::slardar {

LuaCode::LuaCode(const std::vector<LuaTextPtr>& texts, const LuaCode& before, WallTime now) {
  for (const LuaTextPtr& text : texts) {
    const auto known = before.entries_.find(text->name);
    Entry entry =
        known != before.entries_.end() ? known->second : Entry{nullptr, now, std::make_shared<LuaCounters>()};
    if (entry.text != text) entry.since = now;
    entry.text = text;
    entries_.emplace(text->name, std::move(entry));
  }
  const auto is_same = [](const auto& a, const auto& b) { return a.second.text == b.second.text; };
  const bool same =
      std::equal(entries_.begin(), entries_.end(), before.entries_.begin(), before.entries_.end(), is_same);
  number_ = before.number_ + (same ? 0 : 1);
}

LuaTextPtr LuaCode::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.text;
}

}  // namespace hancock::slardar
