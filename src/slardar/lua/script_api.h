// What a script can ask and do beside the tools of all hot code (docs/lua.md): `slardar.request`,
// `slardar.response`, and what becomes of the request.
#pragma once

struct lua_State;

namespace hancock::slardar {

/// For LuaProgram::load() of a Script.
void open_script_api(lua_State* lua);

}  // namespace hancock::slardar
