#include "master/core/replacements.h"

#include <algorithm>

#include "model/time.h"

namespace hancock::master {

namespace {
constexpr Duration kReplacementsWindow = std::chrono::minutes(1);
}

Replacements::Replacements(const State& state, const LeaderTime& time) : wall_(time.wall) {
  for (const auto& [id, task] : state.tasks()) {
    if (task.value.replaces().empty()) continue;
    const auto* original = state.task(task.value.replaces());
    const WallTime until = time.deadline(model::from_proto(task.value.created_at()), kReplacementsWindow);
    if (original && wall_ < until) count_until_[original->value.site()].insert(until);
  }
}

size_t Replacements::left(const std::string& site) const {
  const auto begun = count_until_.find(site);
  return begun == count_until_.end() ? kPerMinute : kPerMinute - std::min(kPerMinute, begun->second.size());
}

void Replacements::take(const std::string& site) {
  count_until_[site].insert(later(wall_, kReplacementsWindow));
}

WallTime Replacements::next(const std::string& site) const {
  const auto begun = count_until_.find(site);
  return begun == count_until_.end() ? later(wall_, kReplacementsWindow) : *begun->second.begin();
}

}  // namespace hancock::master
