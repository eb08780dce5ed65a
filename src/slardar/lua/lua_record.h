// LuaRecord: hot code as it stands in the Registry, below lua/: `script.<host>` runs before a request to that
// host is routed, `balance.<name>` chooses servers, `check.<name>` says whether one is well, `modules.<name>`
// is what they require; `version` is free text for people. Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "registry/keys.h"

namespace hancock::slardar {

inline constexpr std::string_view kLuaScripts = "script.";
inline constexpr std::string_view kLuaModules = "modules.";
inline constexpr std::string_view kLuaBalancers = "balance.";
inline constexpr std::string_view kLuaChecks = "check.";
inline constexpr std::string_view kLuaVersion = "version";
inline constexpr size_t kLuaTextMax = 256 << 10;

/// Immutable, and shared: two snapshots have the same one as long as nobody writes it.
struct LuaText {
  std::string name;  // "script.shop.test"
  std::string text;
  std::string version;  // its MD5 in hex
};
using LuaTextPtr = std::shared_ptr<const LuaText>;

struct LuaRecord {
  LuaTextPtr text;
  friend bool operator==(const LuaRecord& a, const LuaRecord& b) {
    return a.text == b.text || (a.text && b.text && a.text->text == b.text->text);
  }
};

inline std::string lua_prefix(const registry::Keys& keys) { return keys.prefix() + "lua/"; }

/// A record of that kind may be called so: "balance.mine" of kLuaBalancers.
bool is_lua_name(std::string_view kind, std::string_view name);
/// Whether a record may be called so.
Result<void> check_lua_name(std::string_view name);
/// Errors: kInvalid with the syntax error and its line ("script.shop.test:3: …"), kTooLarge.
Result<LuaRecord> decode_lua(std::string_view name, std::string_view text);

}  // namespace hancock::slardar
