#include "slardar/lua/lua_counters.h"

#include <algorithm>

namespace hancock::slardar {

bool LuaCounters::is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
  });
}

LuaCounters::Counter* LuaCounters::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = counters_.find(name); known != counters_.end()) return &known->second;
  if (counters_.size() >= kNamesMax) return nullptr;
  return &counters_[std::string(name)];
}

std::map<std::string, int64_t> LuaCounters::values() const {
  const std::lock_guard lock(mutex_);
  return {counters_.begin(), counters_.end()};
}

}  // namespace hancock::slardar
