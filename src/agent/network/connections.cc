#include "agent/network/connections.h"

#include "base/command.h"
#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kConntrackTimeout = 5s;

void run_conntrack(std::vector<std::string> what) {
  what.insert(what.begin(), {"conntrack", "-D"});
  // It exits with 1 when there was none.
  const auto done = run_command({.argv = what, .timeout = kConntrackTimeout});
  if (!done) log::warn("network", "connections of an ended Task are not cut: {}", done.error().message);
}

}  // namespace

void forget_connections(const std::string& address, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) {
    run_conntrack({"-p", std::string(to_string(port.protocol)), "--orig-port-dst",
                   std::to_string(port.host_port), "--reply-src", address});
  }
  run_conntrack({"--orig-src", address});
}

}  // namespace hancock::agent
