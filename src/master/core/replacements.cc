#include "master/core/replacements.h"

#include <algorithm>

#include "master/core/timing.h"
#include "model/time.h"

namespace hancock::master {

namespace {
constexpr Duration kReplacementsWindow = std::chrono::minutes(1);
}

Replacements::Replacements(const State& state, WallTime wall) : wall_(wall) {
  for (const auto& [id, task] : state.tasks()) {
    if (task.value.replaces().empty()) continue;
    const WallTime created = model::from_proto(task.value.created_at());
    const auto* original = state.task(task.value.replaces());
    if (original && wall < later(created, kReplacementsWindow))
      begun_[original->value.site()].insert(created);
  }
}

size_t Replacements::left(const std::string& site) const {
  const auto begun = begun_.find(site);
  return begun == begun_.end() ? kPerMinute : kPerMinute - std::min(kPerMinute, begun->second.size());
}

WallTime Replacements::next(const std::string& site) const {
  const auto begun = begun_.find(site);
  return later(begun == begun_.end() ? wall_ : *begun->second.begin(), kReplacementsWindow);
}

}  // namespace hancock::master
