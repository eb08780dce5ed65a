#include "slardar/confd/resolver.h"

#include <algorithm>

#include "base/log.h"

namespace hancock::slardar {

Duration resolve_again(const Result<io::ResolvedName>& found, uint32_t failed_in_row) {
  if (found) return std::clamp<Duration>(found->ttl, Resolver::kTtlMin, Resolver::kTtlMax);
  const uint32_t doublings = std::min(failed_in_row, 10U) - std::min(failed_in_row, 1U);
  return std::min<Duration>(Resolver::kAgainMin * (1 << doublings), Resolver::kAgainMax);
}

Resolver::Resolver(io::Loop& loop, const std::string& servers,
                   std::function<void(const std::string& name)> changed)
    : loop_(loop), changed_(std::move(changed)) {
  options_.servers = servers;
  options_.stop = stop_;
}

Resolver::~Resolver() {
  *stop_ = true;
  for (auto& [name, scope] : following_) scope.cancel();
}

void Resolver::want(const std::set<std::string>& names) {
  for (auto each = following_.begin(); each != following_.end();) {
    if (names.contains(each->first)) {
      ++each;
      continue;
    }
    each->second.cancel();
    known_.erase(each->first);
    each = following_.erase(each);
  }
  for (const std::string& name : names) {
    const auto [place, fresh] = following_.try_emplace(name);
    if (fresh) place->second.spawn(follow(name));
  }
}

io::Async<void> Resolver::follow(std::string name) {
  uint32_t failed_in_row = 0;
  while (true) {
    auto ask = [name, options = options_] { return io::resolve_name(name, options); };
    auto asking = threads_.run(loop_, std::move(ask));
    const Result<io::ResolvedName> found = co_await std::move(asking);
    failed_in_row = found ? 0 : failed_in_row + 1;
    note(name, found);
    co_await loop_.sleep_for(resolve_again(found, failed_in_row));
  }
}

void Resolver::note(const std::string& name, const Result<io::ResolvedName>& found) {
  HostAddresses& known = known_[name];
  HostAddresses next{known.ips, found ? "" : found.error().message};
  if (found) {
    next.ips.clear();
    for (const io::Address& each : found->addresses) next.ips.push_back(each.host());
  }
  if (next == known && (!next.ips.empty() || !next.problem.empty())) return;
  if (!next.problem.empty()) log::warn("names", "{}", next.problem);
  known = std::move(next);
  changed_(name);
}

}  // namespace hancock::slardar
