#include "slardar/tcp/port_gate.h"

#include "base/log.h"
#include "io/tcp.h"

namespace hancock::slardar {

Result<io::Address> probe_address(io::Loop& loop, const io::Address& address) {
  auto listener = io::Listener::listen(loop, address, io::PortSharing::kExclusive);
  if (!listener) return forward_error(listener);
  return (*listener)->address();
}

void PortGate::filter(Snapshot& snapshot, uint64_t applied) {
  if (waits_) return;
  std::erase_if(closing_, [&](const auto& each) { return each.second <= applied; });
  std::set<uint16_t> open;
  std::map<uint16_t, std::string> blocked;
  std::erase_if(snapshot.tcp, [&](const TcpEntrance& entrance) {
    auto why = why_not(entrance.port);
    if (!why) {
      open.insert(entrance.port);
      return false;
    }
    if (!blocked_.contains(entrance.port)) log::warn("control", "tcp port {}: {}", entrance.port, *why);
    std::string& reason = snapshot.refused[snapshot.routes[entrance.route]->source];
    reason += fmt::format("{}tcp port {}: {}", reason.empty() ? "" : "; ", entrance.port, *why);
    blocked[entrance.port] = std::move(*why);
    return true;
  });
  for (const uint16_t port : open_) {
    if (!open.contains(port)) closing_[port] = snapshot.number;
  }
  open_ = std::move(open);
  blocked_ = std::move(blocked);
  failed_.clear();
}

void PortGate::inherit(std::set<uint16_t> ports) {
  waits_ = false;
  open_ = std::move(ports);
}

std::optional<std::string> PortGate::why_not(uint16_t port) const {
  if (const auto failed = failed_.find(port); failed != failed_.end()) return failed->second;
  if (open_.contains(port)) return std::nullopt;
  if (closing_.contains(port)) {  // a probe would find ourselves
    const auto blocked = blocked_.find(port);
    return blocked == blocked_.end() ? std::nullopt : std::optional(blocked->second);
  }
  const auto probed = probe_address(loop_, *io::Address::of(bind_ip_, port));
  return probed ? std::nullopt : std::optional(probed.error().message);
}

bool PortGate::failed(uint16_t port, std::string why) {
  return open_.contains(port) && failed_.emplace(port, std::move(why)).second;
}

}  // namespace hancock::slardar
