#include "slardar/confd/claims.h"

#include <fmt/format.h>

#include <optional>

namespace hancock::slardar {

std::string EntrancePlace::to_string() const {
  if (port == 0) return host + path;
  return host.empty() ? fmt::format("tcp port {}", port) : fmt::format("tcp port {} for {}", port, host);
}

void Claims::put(const std::string& key, Wanted wanted) {
  const auto known = by_record_.find(key);
  const Wanted before = known == by_record_.end() ? Wanted() : std::exchange(known->second, {});
  std::map<EntrancePlace, std::optional<Claim>> held;  // as it was
  for (const Wanted* all : std::initializer_list<const Wanted*>{&before, &wanted}) {
    for (const auto& [place, claim] : *all) {
      const Claim* const holder = this->holder(place);
      held.try_emplace(place, holder ? std::optional(*holder) : std::nullopt);
    }
  }
  for (const auto& [place, claim] : before) drop(place, claim);
  for (const auto& [place, claim] : wanted) places_[place].insert(claim);
  for (const auto& [place, was] : held) {
    const Claim* const is = holder(place);
    moved_ |= !was || !is || !is->is_of(was->key, was->entrance);
    if (!is) continue;
    for (const Claim& claim : places_.at(place)) concerned_.insert(claim.key);
  }
  if (wanted.empty()) {
    by_record_.erase(key);
  } else {
    by_record_[key] = std::move(wanted);
  }
}

void Claims::drop(const EntrancePlace& place, const Claim& claim) {
  const auto claimed = places_.find(place);
  if (claimed == places_.end()) return;
  claimed->second.erase(claim);
  if (claimed->second.empty()) places_.erase(claimed);
}

const Claim* Claims::holder(const EntrancePlace& place) const {
  const auto claimed = places_.find(place);
  return claimed == places_.end() ? nullptr : &*claimed->second.begin();
}

void Claims::each_held(const std::function<void(const EntrancePlace&, const Claim&)>& visit) const {
  for (const auto& [place, claims] : places_) visit(place, *claims.begin());
}

}  // namespace hancock::slardar
