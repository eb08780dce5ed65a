// What any hot code can do, whatever it is for: the global `slardar` with log, count, now, random, share and
// the digests (docs/lua.md).
#pragma once

#include <cstdint>

struct lua_State;

namespace hancock::slardar {

/// As a number in [0, 1).
inline double share_of(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// Adds them to the sandbox of a LuaProgram, and leaves the table `slardar` at the top of the stack.
void open_lua_tools(lua_State* lua);

}  // namespace hancock::slardar
