#include "slardar/lua/lua_code.h"

#include "slardar/lua/digest.h"

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
  std::string all;
  for (const auto& [name, entry] : entries_)
    all.append(name).append("=").append(entry.text->version).append("\n");
  version_ = md5_hex(all);
}

LuaTextPtr LuaCode::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.text;
}

}  // namespace hancock::slardar
