// string.find, match, gmatch and gsub on our own Pattern, whose work counts against the call's steps.
#pragma once

struct lua_State;

namespace hancock::slardar {

/// Puts them into the table at the top of the stack.
void add_pattern_functions(lua_State* lua);

}  // namespace hancock::slardar
