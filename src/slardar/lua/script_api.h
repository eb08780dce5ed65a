// What a script can ask and do, as globals: `slardar`, with `slardar.request` and `slardar.response`
// (docs/lua.md).
#pragma once

struct lua_State;

namespace hancock::slardar {

/// Adds them to the sandbox of a Script.
void open_script_api(lua_State* lua);

}  // namespace hancock::slardar
