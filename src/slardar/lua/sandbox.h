// Sandbox: the globals of hot code: what of Lua's own library does nothing but compute, and `require`.
//
// Not there: io, os, package, debug, jit, ffi, load and its kin (bytecode is not checked by anybody),
// string.dump, coroutines and xpcall (both would catch what stops a call, or run where it is not looked at),
// collectgarbage, getfenv, setfenv, newproxy. Functions that go over many bytes in C take steps for them;
// patterns are our own (pattern.h). Globals cannot be set: what is left there would be the next request's.
#pragma once

struct lua_State;

namespace hancock::slardar {

/// Opens it in a state that has nothing yet; for LuaState::make.
void open_sandbox(lua_State* lua);

/// Pushes the table of globals, where what else is given to the code belongs.
void push_globals(lua_State* lua);

}  // namespace hancock::slardar
