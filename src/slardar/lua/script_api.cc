#include "slardar/lua/script_api.h"

#include <algorithm>

#include "base/field_rules.h"
#include "base/percent.h"
#include "slardar/lua/lua_text.h"
#include "slardar/lua/script.h"

namespace hancock::slardar {

/// The functions. None holds anything with a destructor while it may raise an error: what has one stands in
/// the Script.
struct ScriptApi {
  static constexpr int kLevelsMax = 16;         // that upstream() names
  static constexpr uint64_t kDecodeFactor = 8;  // that decoding takes longer than copying

  static Script& self(lua_State* lua) { return static_cast<Script&>(Script::of(lua)); }
  static const ScriptView& view(lua_State* lua) { return *self(lua).view_; }
  static ScriptWish& wish(lua_State* lua) { return *self(lua).wish_; }

  // slardar.request

  static int method(lua_State* lua) { return push_text(lua, view(lua).head.method); }
  static int host(lua_State* lua) { return push_text(lua, view(lua).host); }
  static int uri(lua_State* lua) { return push_text(lua, view(lua).head.target); }
  static int path(lua_State* lua) { return push_text(lua, view(lua).path); }
  static int scheme(lua_State* lua) { return push_text(lua, view(lua).scheme); }
  static int client(lua_State* lua) { return push_text(lua, view(lua).client); }
  static int id(lua_State* lua) {
    const auto came_with = view(lua).head.get("X-Request-Id");
    return push_text(lua, came_with && !came_with->empty() ? *came_with : view(lua).id);
  }
  static int header(lua_State* lua) { return push_text(lua, view(lua).head.get(check_text(lua, 1))); }
  static int cookie(lua_State* lua) {
    const std::string_view name = check_text(lua, 1);
    Sticky& wanted = self(lua).cookie_;
    wanted.name = name;
    return push_text(lua, client_value(wanted, view(lua).head));
  }
  static int arg(lua_State* lua) {
    const std::string_view name = check_text(lua, 1);
    LuaState::of(lua).charge(view(lua).head.target.size() * kDecodeFactor);
    const bool found = find_argument(view(lua).head.target, name, self(lua).argument_);
    return push_text(lua, found ? std::optional<std::string_view>(self(lua).argument_) : std::nullopt);
  }
  static bool find_argument(std::string_view target, std::string_view name, std::string& value);

  static int set_request_header(lua_State* lua) { return set_header(lua, wish(lua).request); }
  static int set_response_header(lua_State* lua) { return set_header(lua, wish(lua).response); }
  static int add_response_header(lua_State* lua);
  static int set_header(lua_State* lua, HeaderEdits& edits);
  static void check_field(lua_State* lua, std::string_view name, std::string_view value);
  static void check_room(lua_State* lua, const HeaderEdits& edits, size_t more);

  // What becomes of the request.

  static int exit(lua_State* lua);
  static void add_answer_fields(lua_State* lua, ScriptAnswer& answer);
  static bool has_type(const ScriptAnswer& answer) {
    return std::any_of(answer.fields.begin(), answer.fields.end(),
                       [](const auto& each) { return http::same_name(each.first, "Content-Type"); });
  }
  static int upstream(lua_State* lua) {
    const std::string_view name = check_text(lua, 1);
    const int last = lua_gettop(lua);
    luaL_argcheck(lua, last <= 1 + kLevelsMax, last, "so many levels are not taken");
    for (int level = 2; level <= last; ++level) check_text(lua, level);
    const bool is_there = choose_upstream(view(lua).snapshot, name, wish(lua));
    for (int level = 2; is_there && level <= last; ++level) add_level(check_text(lua, level), wish(lua));
    lua_pushboolean(lua, is_there);
    return 1;
  }
  static bool choose_upstream(const Snapshot& snapshot, std::string_view name, ScriptWish& wish) {
    const bool is_there = snapshot.route_by_upstream->contains(std::string(name));
    if (is_there) wish.upstream = name;
    if (is_there) wish.levels.clear();
    return is_there;
  }
  static void add_level(std::string_view name, ScriptWish& wish) { wish.levels.emplace_back(name); }
  static int version(lua_State* lua) {
    const lua_Integer number = luaL_checkinteger(lua, 1);
    luaL_argcheck(lua, number > 0 && number <= INT32_MAX, 1, "a Version's number is needed");
    wish(lua).version = static_cast<uint32_t>(number);
    return 0;
  }
  static int fail_open(lua_State* lua) {
    wish(lua).fail_open = true;
    return 0;
  }
};

bool ScriptApi::find_argument(std::string_view target, std::string_view name, std::string& value) {
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return false;
  std::string_view query = target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::string_view key = pair.substr(0, pair.find('='));
    if (percent_decode(key) != name) continue;
    const std::string_view raw = pair.substr(std::min(key.size() + 1, pair.size()));
    value = percent_decode(raw).value_or(std::string(raw));
    return true;
  }
  return false;
}

void ScriptApi::check_field(lua_State* lua, std::string_view name, std::string_view value) {
  luaL_argcheck(lua, may_edit_field(name), 1, kFieldNameRule.data());
  luaL_argcheck(lua, is_field_value(value), 2, kFieldValueRule.data());
}

void ScriptApi::check_room(lua_State* lua, const HeaderEdits& edits, size_t more) {
  size_t bytes = more;
  for (const auto& [name, value] : edits.set) bytes += name.size() + value.size();
  for (const auto& [name, value] : edits.add) bytes += name.size() + value.size();
  if (bytes > kFieldEditBytesMax ||
      edits.set.size() + edits.add.size() + edits.remove.size() >= kFieldEditsMax)
    luaL_error(lua, "more than %d header edits, or %d bytes", static_cast<int>(kFieldEditsMax),
               static_cast<int>(kFieldEditBytesMax));
}

/// A value of nil removes.
int ScriptApi::set_header(lua_State* lua, HeaderEdits& edits) {
  const std::string_view name = check_text(lua, 1);
  const bool removes = lua_isnoneornil(lua, 2);
  const std::string_view value = removes ? std::string_view() : check_text(lua, 2);
  check_field(lua, name, value);
  edits.forget(name);
  check_room(lua, edits, name.size() + value.size());
  if (removes) {
    edits.remove.emplace_back(name);
  } else {
    edits.set.emplace_back(name, value);
  }
  return 0;
}

int ScriptApi::add_response_header(lua_State* lua) {
  const std::string_view name = check_text(lua, 1);
  const std::string_view value = check_text(lua, 2);
  check_field(lua, name, value);
  HeaderEdits& edits = wish(lua).response;
  check_room(lua, edits, name.size() + value.size());
  edits.add.emplace_back(name, value);
  return 0;
}

void ScriptApi::add_answer_fields(lua_State* lua, ScriptAnswer& answer) {
  size_t bytes = 0;
  lua_pushnil(lua);
  while (lua_next(lua, 3) != 0) {
    if (lua_type(lua, -2) != LUA_TSTRING) luaL_error(lua, "a header's name is needed");
    if (!lua_isstring(lua, -1)) luaL_error(lua, "header %s: text is needed", lua_tostring(lua, -2));
    const std::string_view name = check_text(lua, -2);
    const std::string_view value = check_text(lua, -1);
    check_field(lua, name, value);
    bytes += name.size() + value.size();
    if (answer.fields.size() >= kFieldEditsMax || bytes > kFieldEditBytesMax)
      luaL_error(lua, "more than %d headers, or %d bytes", static_cast<int>(kFieldEditsMax),
                 static_cast<int>(kFieldEditBytesMax));
    answer.fields.emplace_back(name, value);
    lua_pop(lua, 1);
  }
}

/// exit(status, body, headers): the request goes no further.
int ScriptApi::exit(lua_State* lua) {
  const lua_Integer status = luaL_checkinteger(lua, 1);
  luaL_argcheck(lua, status >= 200 && status <= 599, 1, "a status from 200 to 599 is needed");
  size_t size = 0;
  const char* const body = luaL_optlstring(lua, 2, "", &size);
  luaL_argcheck(lua, size <= Script::kBodyMax, 2, "the body is too large");
  luaL_argcheck(lua, size == 0 || (status != 204 && status != 304), 2, "that status has no body");
  if (!lua_isnoneornil(lua, 3)) luaL_checktype(lua, 3, LUA_TTABLE);
  ScriptAnswer& answer = wish(lua).answer.emplace();
  answer.status = static_cast<int>(status);
  answer.body.assign(body, size);
  lua_settop(lua, 3);
  if (lua_istable(lua, 3)) add_answer_fields(lua, answer);
  if (size > 0 && !has_type(answer)) answer.fields.emplace_back("Content-Type", "text/plain; charset=utf-8");
  LuaState::of(lua).exit();
}

void open_script_api(lua_State* lua) {
  static constexpr LuaFunction kOfWhatBecomesOfIt[] = {{"exit", ScriptApi::exit},
                                                       {"upstream", ScriptApi::upstream},
                                                       {"version", ScriptApi::version},
                                                       {"fail_open", ScriptApi::fail_open}};
  static constexpr LuaFunction kRequest[] = {{"arg", ScriptApi::arg},
                                             {"client", ScriptApi::client},
                                             {"cookie", ScriptApi::cookie},
                                             {"header", ScriptApi::header},
                                             {"host", ScriptApi::host},
                                             {"id", ScriptApi::id},
                                             {"method", ScriptApi::method},
                                             {"path", ScriptApi::path},
                                             {"scheme", ScriptApi::scheme},
                                             {"uri", ScriptApi::uri},
                                             {"set_header", ScriptApi::set_request_header}};
  static constexpr LuaFunction kResponse[] = {{"set_header", ScriptApi::set_response_header},
                                              {"add_header", ScriptApi::add_response_header}};
  add_functions(lua, kOfWhatBecomesOfIt);
  add_table(lua, "request", kRequest);
  add_table(lua, "response", kResponse);
}

}  // namespace hancock::slardar
