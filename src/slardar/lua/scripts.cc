#include "slardar/lua/scripts.h"

#include "http/characters.h"
#include "slardar/routing/route_table.h"

namespace hancock::slardar {

Scripts::Scripts(Random& random)
    : programs_(kLuaScripts, [&random](const LuaCode::Entry& entry, const LuaCodePtr& code) {
        return std::make_unique<Script>(entry, code, random);
      }) {}

std::string_view Scripts::name_of(std::string_view host) {
  host = without_port(host);
  if (host.ends_with('.')) host.remove_suffix(1);
  host_.assign(host);
  for (char& c : host_) c = http::to_lower(c);
  return host_;
}

Scripts::End Scripts::run(const ScriptView& view, std::unique_ptr<ScriptWish>& wish, TimePoint now) {
  LuaPrograms::Place* const place = programs_.find(view.host);
  if (!place) return End::kNone;
  wish = std::make_unique<ScriptWish>();
  auto done = run(*place, view, *wish, now);
  if (done) return wish->answer ? End::kAnswered : End::kPassed;
  wish.reset();
  programs_.note_failure(*place, done.error(), now);
  return place->fails_open ? End::kNone : End::kFailed;
}

Result<void> Scripts::run(LuaPrograms::Place& place, const ScriptView& view, ScriptWish& wish,
                          TimePoint now) {
  auto program = programs_.ready(place, now);
  if (!program) return forward_error(program);
  auto done = static_cast<Script&>(**program).run(view, wish);
  if (!done) place.fails_open = wish.fail_open;
  return done;
}

}  // namespace hancock::slardar
