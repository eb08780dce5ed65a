#include "agent/network/node_network.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "agent/network/connections.h"
#include "agent/network/listeners.h"
#include "base/file.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

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

}  // namespace

void NodeNetwork::remember(const std::string& task, const std::string& address,
                           const std::vector<PublishedPort>& ports) {
  if (!address.empty()) publications_.publish(task, {address, ports});
}

// Closures are named before they are awaited with: docs/traps.md.
io::Async<Result<void>> NodeNetwork::set_up(std::set<std::string> closed) {
  base_.closed = std::move(closed);
  auto prepare = [] {
    set_kernel("/proc/sys/net/ipv4/ip_forward", "1");
    reserve_ports();
    return true;
  };
  (void)co_await thread_.run(loop_, std::move(prepare));
  co_return co_await apply();
}

io::Async<Result<void>> NodeNetwork::apply() {
  Ruleset wanted = base_;
  publications_.fill(wanted);
  auto work = [this, wanted = std::move(wanted)] { return table_.apply(wanted); };
  co_return co_await thread_.run(loop_, std::move(work));
}

Result<std::vector<PublishedPort>> NodeNetwork::take_ports(const model::ServiceRef& owner,
                                                           const std::string& task,
                                                           std::vector<PublishedPort> ports) {
  const std::set<uint16_t> listening = ports.empty() ? std::set<uint16_t>{} : listening_ports();
  for (size_t i = 0; i < ports.size(); ++i) {
    const auto port = ports_.take(owner, task, clock_.wall(),
                                  [&](uint16_t candidate) { return listening.contains(candidate); });
    if (!port) {
      ports.resize(i);
      give_ports_back(task, ports);
      return tl::unexpected(port.error());
    }
    ports[i].host_port = *port;
  }
  return ports;
}

void NodeNetwork::restore_ports(const model::ServiceRef& owner, const std::string& task,
                                const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) {
    if (ports_.restore(owner, task, port.host_port)) continue;
    log::error("network", "task {} was found with host port {}, which is another Task's", task,
               port.host_port);
  }
}

void NodeNetwork::give_ports_back(const std::string& task, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) ports_.give_back(task, port.host_port, clock_.wall());
}

io::Async<Result<void>> NodeNetwork::publish(std::string task, std::string address,
                                             std::vector<PublishedPort> ports) {
  publications_.publish(task, {std::move(address), std::move(ports)});
  co_return co_await apply();
}

io::Async<Result<void>> NodeNetwork::withdraw(std::string task) {
  const Publication had = publications_.withdraw(task);
  auto applied = co_await apply();
  if (!applied || had.address.empty() || publications_.is_taken(had.address)) co_return applied;
  auto forget = [had] {
    forget_connections(had.address, had.ports);
    return true;
  };
  (void)co_await connections_thread_.run(loop_, std::move(forget));
  co_return Result<void>{};
}

io::Async<Result<void>> NodeNetwork::keep_only(std::set<std::string> tasks) {
  const std::vector<std::string> dropped = publications_.keep_only(tasks);
  for (const std::string& task : dropped) log::warn("network", "task {} was still published", task);
  if (dropped.empty()) co_return Result<void>{};
  co_return co_await apply();
}

io::Async<Result<bool>> NodeNetwork::mend() {
  auto work = [this] { return table_.mend(); };
  co_return co_await thread_.run(loop_, std::move(work));
}

}  // namespace hancock::agent
