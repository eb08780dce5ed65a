#include "slardar/lua/lua_record.h"

#include "slardar/confd/upstream_record.h"
#include "slardar/lua/digest.h"
#include "slardar/lua/lua_state.h"

namespace hancock::slardar {

bool is_lua_name(std::string_view kind, std::string_view name) {
  return name.starts_with(kind) && name.size() > kind.size() && is_upstream_name(name);
}

Result<void> check_lua_name(std::string_view name) {
  if (!is_upstream_name(name))
    return fail(ErrorCode::kInvalid, "name: 1 to 253 of a-z, A-Z, 0-9, '-', '_' and '.' are allowed");
  for (const std::string_view kind : {kLuaScripts, kLuaModules, kLuaBalancers, kLuaChecks}) {
    if (is_lua_name(kind, name)) return {};
  }
  if (name == kLuaVersion) return {};
  return fail(ErrorCode::kInvalid,
              "name: script.HOST, balance.NAME, check.NAME, modules.NAME or version is allowed");
}

Result<LuaRecord> decode_lua(std::string_view name, std::string_view text) {
  if (auto checked = check_lua_name(name); !checked) return forward_error(checked);
  if (text.size() > kLuaTextMax)
    return fail(ErrorCode::kTooLarge, "body too big: a text has at most {} bytes", kLuaTextMax);
  if (name != kLuaVersion) {
    auto state = LuaState::make(LuaLimits(), nullptr);
    if (!state) return forward_error(state);
    if (auto compiled = (*state)->compile(name, text); !compiled) return forward_error(compiled);
  }
  return LuaRecord{
      std::make_shared<const LuaText>(LuaText{std::string(name), std::string(text), md5_hex(text)})};
}

}  // namespace hancock::slardar
