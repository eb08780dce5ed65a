#include "slardar/port_gate.h"

#include "base/log.h"
#include "io/tcp.h"

namespace hancock::slardar {

Result<io::Address> probe_address(io::Loop& loop, const io::Address& address) {
  auto listener = io::Listener::listen(loop, address, io::PortSharing::kExclusive);
  if (!listener) return forward_error(listener);
  return (*listener)->address();
}

void PortGate::filter(Snapshot& snapshot) {
  std::set<uint16_t> open;
  std::map<uint16_t, std::string> blocked;
  std::erase_if(snapshot.tcp, [&](const TcpEntrance& entrance) {
    if (!open_.contains(entrance.port)) {
      const auto probed = probe_address(loop_, *io::Address::of(bind_ip_, entrance.port));
      if (!probed) {
        std::string why = "tcp port " + std::to_string(entrance.port) + ": " + probed.error().message;
        if (!blocked_.contains(entrance.port)) log::warn("control", "{}", why);
        std::string& reason = snapshot.refused[snapshot.routes[entrance.route].source];
        reason += (reason.empty() ? "" : "; ") + why;
        blocked[entrance.port] = std::move(why);
        return true;
      }
    }
    open.insert(entrance.port);
    return false;
  });
  open_ = std::move(open);
  blocked_ = std::move(blocked);
}

void PortGate::failed(uint16_t port, std::string why) {
  open_.erase(port);
  blocked_[port] = std::move(why);
}

}  // namespace hancock::slardar
