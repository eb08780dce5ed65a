#include "slardar/lua/lua_programs.h"

#include <algorithm>

#include "base/log.h"
#include "slardar/routing/route_table.h"

namespace hancock::slardar {

void LuaPrograms::apply(const LuaCodePtr& code) {
  if (code == code_) return;
  code_ = code;
  auto before = std::exchange(places_, {});
  for (const auto& [name, entry] : code->entries()) {
    if (!name.starts_with(kind_)) continue;
    const std::string key = to_lower(std::string_view(name).substr(kind_.size()));
    Place& place = places_[key] = Place{entry, nullptr};
    const auto known = before.find(key);
    if (known == before.end()) continue;
    Place& was = known->second;
    const bool goes_on =
        was.program ? was.program->goes_on_with(entry.text, code) : was.entry.text == entry.text;
    if (goes_on) place = std::move(was);  // with its rest, if it was stopped
  }
  std::erase_if(errors_, [&](const auto& each) { return !code->find(each.first); });
}

LuaPrograms::Place* LuaPrograms::find(std::string_view name) {
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &found->second;
}

Result<LuaProgram*> LuaPrograms::ready(Place& place, TimePoint now) {
  if (now < place.rests_until) return fail(ErrorCode::kUnavailable, "rests");
  if (place.program) return place.program.get();
  auto program = make_(place.entry, code_);
  if (auto loaded = program->load(); !loaded) {
    place.rests_until = now + kRestMax;
    return forward_error(loaded);
  }
  place.program = std::move(program);
  return place.program.get();
}

void LuaPrograms::note_failure(Place& place, const Error& error, TimePoint now) {
  const std::string& name = place.entry.text->name;
  ++errors_[name];
  if (error.code == ErrorCode::kTooLarge && place.program) {
    const Duration took = place.program->took();
    place.rests_until = now + took + std::min(took * kRestFactor, kStoppedRestMax);
    place.program.reset();  // its memory may be full, or half of what it keeps be done
  }
  if (place.logged != TimePoint() && now - place.logged < kLogEvery) return;
  place.logged = now;
  log::warn("lua", "{}: {}", name, error.message);
}

}  // namespace hancock::slardar
