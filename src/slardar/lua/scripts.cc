#include "slardar/lua/scripts.h"

#include <algorithm>

#include "base/log.h"
#include "http/characters.h"
#include "slardar/routing/route_table.h"

namespace hancock::slardar {

void Scripts::apply(const LuaCodePtr& code) {
  if (code == code_) return;
  code_ = code;
  auto before = std::exchange(scripts_, {});
  for (const auto& [name, entry] : code->entries()) {
    if (!name.starts_with(kLuaScripts)) continue;
    const std::string host = to_lower(std::string_view(name).substr(kLuaScripts.size()));
    Place& place = scripts_[host];
    place.text = entry.text;
    place.counters = entry.counters;
    const auto known = before.find(host);
    if (known == before.end()) continue;
    Place& was = known->second;
    const bool goes_on = was.script ? was.script->goes_on_with(entry.text, code) : was.text == entry.text;
    if (goes_on) place = std::move(was);  // with its rest, if it was stopped
  }
  std::erase_if(errors_, [&](const auto& each) { return !code->find(each.first); });
}

std::string_view Scripts::name_of(std::string_view host) {
  host = without_port(host);
  if (host.ends_with('.')) host.remove_suffix(1);
  host_.assign(host);
  for (char& c : host_) c = http::to_lower(c);
  return host_;
}

Scripts::End Scripts::run(const ScriptView& view, std::unique_ptr<ScriptWish>& wish, TimePoint now) {
  const auto found = scripts_.find(view.host);
  if (found == scripts_.end()) return End::kNone;
  Place& place = found->second;
  wish = std::make_unique<ScriptWish>();
  auto done = run(place, view, *wish, now);
  if (done) return wish->answer ? End::kAnswered : End::kPassed;
  wish.reset();
  note_error(place, done.error(), now);
  return place.fails_open ? End::kNone : End::kFailed;
}

Result<void> Scripts::run(Place& place, const ScriptView& view, ScriptWish& wish, TimePoint now) {
  if (now < place.rests_until) return fail(ErrorCode::kUnavailable, "rests");
  if (!place.script) {
    auto script = std::make_unique<Script>(place.text, code_, place.counters, random_);
    if (auto loaded = script->load(); !loaded) {
      place.rests_until = now + kRestMax;
      return loaded;
    }
    place.script = std::move(script);
  }
  auto done = place.script->run(view, wish);
  if (done) return done;
  place.fails_open = wish.fail_open;
  if (done.error().code != ErrorCode::kTooLarge) return done;
  place.rests_until = now + std::min(place.script->took() * kRestFactor, kRestMax);
  place.script.reset();  // its memory may be full, or half of what it keeps be done
  return done;
}

void Scripts::note_error(Place& place, const Error& error, TimePoint now) {
  const std::string& name = place.text->name;
  ++errors_[name];
  if (place.logged != TimePoint() && now - place.logged < kLogEvery) return;
  place.logged = now;
  log::warn("lua", "{}: {}", name, error.message);
}

}  // namespace hancock::slardar
