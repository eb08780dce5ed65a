#include "slardar/lua/balance_scripts.h"

namespace hancock::slardar {
namespace {

bool is_any_usable(const BalanceView& view) {
  for (size_t place = 0; place < view.servers.size(); ++place) {
    if (view.is_usable(place)) return true;
  }
  return false;
}

}  // namespace

BalanceScripts::BalanceScripts(Random& random)
    : programs_(kLuaBalancers, [&random](const LuaCode::Entry& entry, const LuaCodePtr& code) {
        return std::make_unique<BalanceScript>(entry, code, random);
      }) {}

std::optional<size_t> BalanceScripts::pick(std::string_view name, const BalanceView& view) {
  LuaPrograms::Place* const place = programs_.find(name);
  if (!place || !is_any_usable(view)) return std::nullopt;
  const TimePoint now = view.choice.now;
  auto program = programs_.ready(*place, now);
  if (!program) {
    programs_.note_failure(*place, program.error(), now);
    return std::nullopt;
  }
  auto chosen = static_cast<BalanceScript&>(**program).pick(view);
  if (chosen) return *chosen;
  programs_.note_failure(*place, chosen.error(), now);
  return std::nullopt;
}

}  // namespace hancock::slardar
