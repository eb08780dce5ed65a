#include "agent/network/node_network.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "agent/network/listeners.h"
#include "base/command.h"
#include "base/file.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kConntrackTimeout = 5s;

/// A kernel setting of this network namespace; what cannot be written is said once and lived with.
void set_kernel(const std::string& path, const std::string& value) {
  std::ofstream file(path);
  file << value << std::flush;
  if (!file) log::warn("network", "{} cannot be set to {}: {}", path, value, std::strerror(errno));
}

void reserve_ports() {
  const std::string path = "/proc/sys/net/ipv4/ip_local_reserved_ports";
  const std::string ours = fmt::format("{}-{}", HostPorts::kFirst, HostPorts::kLast);
  std::string present = read_file(path).value_or("");
  while (!present.empty() && present.back() == '\n') present.pop_back();
  if (present.find(ours) != std::string::npos) return;
  set_kernel(path, present.empty() ? ours : present + "," + ours);
}

void run_conntrack(std::vector<std::string> what) {
  what.insert(what.begin(), {"conntrack", "-D"});
  // It exits with 1 when there was none.
  const auto done = run_command({.argv = what, .timeout = kConntrackTimeout});
  if (!done) log::warn("network", "connections of an ended Task are not cut: {}", done.error().message);
}

/// Through the ports, and from the Task.
void forget_connections(const std::string& address, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) {
    run_conntrack({"-p", std::string(to_string(port.protocol)), "--orig-port-dst",
                   std::to_string(port.host_port), "--reply-src", address});
  }
  run_conntrack({"--orig-src", address});
}

}  // namespace

// Closures are named before they are awaited with: docs/traps.md.
io::Async<Result<void>> NodeNetwork::set_up(Ruleset rules) {
  auto work = [this, rules = std::move(rules)] {
    set_kernel("/proc/sys/net/ipv4/ip_forward", "1");
    reserve_ports();
    return table_.set_up(rules);
  };
  co_return co_await thread_.run(loop_, std::move(work));
}

Result<std::vector<PublishedPort>> NodeNetwork::take_ports(const model::ServiceRef& owner,
                                                           std::vector<PublishedPort> ports) {
  const std::set<uint16_t> listening = ports.empty() ? std::set<uint16_t>{} : listening_ports();
  for (size_t i = 0; i < ports.size(); ++i) {
    const auto port =
        ports_.take(owner, clock_.wall(), [&](uint16_t candidate) { return listening.contains(candidate); });
    if (!port) {
      ports.resize(i);
      give_ports_back(ports);
      return tl::unexpected(port.error());
    }
    ports[i].host_port = *port;
  }
  return ports;
}

void NodeNetwork::restore_ports(const model::ServiceRef& owner, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) ports_.restore(owner, port.host_port);
}

void NodeNetwork::give_ports_back(const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) ports_.give_back(port.host_port, clock_.wall());
}

io::Async<Result<void>> NodeNetwork::publish(std::string address, std::vector<PublishedPort> ports) {
  auto work = [this, address = std::move(address), ports = std::move(ports)] {
    return table_.publish(address, ports);
  };
  co_return co_await thread_.run(loop_, std::move(work));
}

io::Async<Result<void>> NodeNetwork::withdraw(std::string address, std::vector<PublishedPort> ports) {
  auto work = [this, address = std::move(address), ports = std::move(ports)] {
    auto withdrawn = table_.withdraw(address, ports);
    if (withdrawn) forget_connections(address, ports);
    return withdrawn;
  };
  co_return co_await thread_.run(loop_, std::move(work));
}

io::Async<Result<bool>> NodeNetwork::mend() {
  auto work = [this] { return table_.mend(); };
  co_return co_await thread_.run(loop_, std::move(work));
}

}  // namespace hancock::agent
