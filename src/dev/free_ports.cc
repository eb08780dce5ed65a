#include "dev/free_ports.h"

#include <fmt/core.h>

#include <set>
#include <vector>

#include "io/address.h"
#include "io/loop.h"
#include "io/tcp.h"

namespace hancock::dev {
namespace {

constexpr int kTries = 1000;

bool is_free(io::Loop& loop, const std::vector<std::string>& hosts, uint16_t port) {
  for (const std::string& host : hosts) {
    auto address = io::Address::of(host, port);
    if (!address || !io::Listener::listen(loop, *address)) return false;
  }
  return true;
}

class Chooser {
 public:
  // `port` moves up to the first that is free on all `hosts` and not chosen before.
  Result<void> choose(const std::vector<std::string>& hosts, uint16_t& port) {
    for (int tried = 0; tried < kTries; ++tried, ++port) {
      if (chosen_.contains(port) || !is_free(loop_, hosts, port)) continue;
      chosen_.insert(port);
      return {};
    }
    return fail(ErrorCode::kUnavailable, "no free port on {} below {}", hosts.front(), port);
  }

 private:
  io::Loop loop_;
  std::set<uint16_t> chosen_;
};

template <class F>
std::vector<std::string> hosts_of(int members, F host) {
  std::vector<std::string> hosts;
  for (int i = 1; i <= members; ++i) hosts.push_back(host(i));
  return hosts;
}

}  // namespace

Result<ServicePorts> choose_ports(const Cluster& cluster) {
  const AddressPlan plan = cluster.plan();
  const auto masters = hosts_of(cluster.shape.masters, [&](int m) { return plan.master_address(m); });
  const auto etcds = hosts_of(cluster.etcd_members(), [&](int m) { return plan.etcd_address(m); });
  const auto gateways = hosts_of(cluster.shape.gateways, [&](int g) { return plan.gateway_address(g); });
  ServicePorts ports;
  Chooser chooser;
  if (auto ok = chooser.choose({plan.host_address()}, ports.images); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(masters, ports.api); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(etcds, ports.etcd_client); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(etcds, ports.etcd_peer); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(gateways, ports.http); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(gateways, ports.https); !ok) return forward_error(ok);
  if (auto ok = chooser.choose(gateways, ports.admin); !ok) return forward_error(ok);
  return ports;
}

}  // namespace hancock::dev
