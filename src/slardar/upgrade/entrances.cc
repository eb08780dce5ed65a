#include "slardar/upgrade/entrances.h"

#include "base/log.h"
#include "slardar/tcp/port_gate.h"

namespace hancock::slardar {

std::vector<Entrances::Wanted> Entrances::wanted() const {
  std::vector<Wanted> all;
  for (const io::Address& each : config_.http) all.push_back({"http", each, ""});
  for (const io::Address& each : config_.https) all.push_back({"https", each, ""});
  for (const Config::FixedTcp& each : config_.tcp) all.push_back({"tcp", each.address, each.upstream});
  return all;
}

// Said at once, not after the load: an address that is taken, also by a gateway that would share it.
bool Entrances::probe(const Sockets& ours) const {
  for (const Wanted& each : wanted()) {
    if (ours.contains(each.address.to_string())) continue;
    const auto probed = probe_address(loop_, each.address);
    if (probed) continue;
    log::error("control", "--{}: {}", each.kind, probed.error().message);
    return false;
  }
  return true;
}

io::Async<bool> Entrances::open() {
  const std::vector<Wanted> all = wanted();
  for (const Wanted& each : all) {
    auto bound = co_await open(each);
    if (!bound) {
      log::error("control", "--{}: {}", each.kind, bound.error().message);
      co_return false;
    }
    log::info("control", "{} on {}{}{}", each.kind, bound->to_string(), each.upstream.empty() ? "" : " to ",
              each.upstream);
    listed_.push_back({std::string(each.kind), bound->to_string(), each.upstream});
  }
  co_return true;
}

io::Async<Result<io::Address>> Entrances::open(const Wanted& entrance) {
  if (entrance.kind == "http") return workers_.listen_http(entrance.address);
  if (entrance.kind == "https") return workers_.listen_https(entrance.address);
  return workers_.listen_tcp(entrance.address, entrance.upstream);
}

std::vector<std::string> Entrances::among(const Sockets& sockets, const Snapshot& snapshot) const {
  std::set<std::string> addresses;
  for (const Wanted& each : wanted()) addresses.insert(each.address.to_string());
  for (const TcpEntrance& each : snapshot.tcp)
    addresses.insert(io::Address::of(config_.tcp_bind, each.port)->to_string());
  std::erase_if(addresses, [&](const std::string& each) { return !sockets.contains(each); });
  return {addresses.begin(), addresses.end()};
}

std::optional<io::Address> Entrances::address_of(std::string_view kind) const {
  for (const GatewayView::Listener& each : listed_) {
    if (each.kind == kind) return *io::Address::parse(each.address);
  }
  return std::nullopt;
}

}  // namespace hancock::slardar
