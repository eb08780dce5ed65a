#include "agent/network/host_ports.h"

namespace hancock::agent {

bool HostPorts::may_have(const Past& past, const model::ServiceRef& owner, WallTime now, Whom whom) const {
  if (now - past.released_at >= kKeptFor || past.owner == owner) return true;
  return whom == Whom::kSameTenant && past.owner.tenant == owner.tenant;
}

Result<uint16_t> HostPorts::take(const model::ServiceRef& owner, const std::string& task, WallTime now,
                                 const std::function<bool(uint16_t)>& busy) {
  const uint32_t count = last_ - first_ + 1U;
  const auto start = static_cast<uint32_t>(random_.below(count));
  for (const Whom whom : {Whom::kSameService, Whom::kSameTenant}) {
    for (uint32_t i = 0; i < count; ++i) {
      const auto port = static_cast<uint16_t>(first_ + (start + i) % count);
      if (taken_.contains(port)) continue;
      const auto past = past_.find(port);
      if (past != past_.end() && !may_have(past->second, owner, now, whom)) continue;
      if (busy(port)) continue;
      if (past != past_.end()) past_.erase(past);
      taken_.emplace(port, Holder{owner, task});
      return port;
    }
  }
  return fail(ErrorCode::kUnavailable, "no host port from {} to {} is free on this Node", first_, last_);
}

bool HostPorts::restore(const model::ServiceRef& owner, const std::string& task, uint16_t port) {
  return taken_.emplace(port, Holder{owner, task}).first->second.task == task;
}

void HostPorts::give_back(const std::string& task, uint16_t port, WallTime now) {
  const auto taken = taken_.find(port);
  if (taken == taken_.end() || taken->second.task != task) return;
  past_.insert_or_assign(port, Past{port, taken->second.owner, now});
  taken_.erase(taken);
}

std::vector<HostPorts::Past> HostPorts::history(WallTime now) const {
  std::vector<Past> result;
  for (const auto& [port, past] : past_) {
    if (now - past.released_at < kKeptFor) result.push_back(past);
  }
  return result;
}

void HostPorts::restore_history(const std::vector<Past>& history) {
  for (const Past& past : history) past_.insert_or_assign(past.port, past);
}

}  // namespace hancock::agent
