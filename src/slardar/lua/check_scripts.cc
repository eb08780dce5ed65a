#include "slardar/lua/check_scripts.h"

#include "slardar/check/dialogue.h"
#include "slardar/routing/route_table.h"

namespace hancock::slardar {

CheckScripts::CheckScripts(uint64_t seed)
    : random_(seed), programs_(kLuaChecks, [this](const LuaCode::Entry& entry, const LuaCodePtr& code) {
        return std::make_unique<CheckScript>(entry, code, random_);
      }) {}

CheckRun CheckScripts::find(const std::string& kind, const LuaCodePtr& code) {
  programs_.apply(code);
  if (!is_lua_name(kLuaChecks, kind)) return {};
  return [this, name = to_lower(std::string_view(kind).substr(kLuaChecks.size()))](
             io::Loop& loop, const CheckTarget& target, const CheckOptions& options, TimePoint deadline) {
    return talk(name, loop, target, options, deadline);
  };
}

io::Async<Result<CheckFacts>> CheckScripts::talk(std::string name, io::Loop& loop, const CheckTarget& target,
                                                 const CheckOptions& options, TimePoint deadline) {
  auto dialogue = co_await Dialogue::open(loop, target, deadline);
  if (!dialogue) co_return forward_error(dialogue);
  std::string answer;
  for (int number = 1; number <= kTurnsMax; ++number) {
    const CheckTurn turn{target, options, number, answer};
    auto wish = take(name, turn, loop.now());
    if (!wish) co_return fail(ErrorCode::kInternal, "{}", wish.error().message);
    if (wish->what != CheckWish::What::kSay) dialogue->cut();
    if (wish->what == CheckWish::What::kWell) co_return CheckFacts();
    if (wish->what == CheckWish::What::kBad) co_return fail(ErrorCode::kUnavailable, "{}", wish->text);
    if (!wish->text.empty()) {
      auto said = co_await dialogue->say(wish->text);
      if (!said) co_return forward_error(said);
    }
    auto read = wish->bytes > 0 ? dialogue->bytes(wish->bytes) : dialogue->line();
    auto heard = co_await std::move(read);
    if (!heard) co_return forward_error(heard);
    answer = std::move(*heard);
  }
  co_return fail(ErrorCode::kInternal, "check.{}: no verdict after {} turns", name, kTurnsMax);
}

Result<CheckWish> CheckScripts::take(const std::string& name, const CheckTurn& turn, TimePoint now) {
  LuaPrograms::Place* const place = programs_.find(name);
  if (!place) return fail(ErrorCode::kNotFound, "{}{}: there is no such code", kLuaChecks, name);
  auto program = programs_.ready(*place, now);
  if (!program) {
    programs_.note_failure(*place, program.error(), now);
    return forward_error(program);
  }
  auto wish = static_cast<CheckScript&>(**program).take(turn);
  if (!wish) programs_.note_failure(*place, wish.error(), now);
  return wish;
}

}  // namespace hancock::slardar
