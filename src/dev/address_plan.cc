#include "dev/address_plan.h"

#include <fmt/core.h>

#include <algorithm>

namespace hancock::dev {
namespace {
constexpr int kFirstMaster = 2;
constexpr int kFirstNode = 32;
constexpr int kTasksPerNode = 4096;
}  // namespace

std::string AddressPlan::bridge() const { return fmt::format("hk{}", index_); }
std::string AddressPlan::host_address() const { return fmt::format("198.18.{}.1", index_); }
std::string AddressPlan::master_address(int m) const {
  return fmt::format("198.18.{}.{}", index_, kFirstMaster + m - 1);
}
std::string AddressPlan::gateway_address(int g) const { return fmt::format("127.{}.0.{}", index_, g); }
std::string AddressPlan::gateway_tcp_address(int g) const { return fmt::format("127.{}.1.{}", index_, g); }
std::string AddressPlan::etcd_address(int m) const { return fmt::format("127.{}.2.{}", index_, m); }

std::string AddressPlan::node_namespace(int n) const { return fmt::format("hancock-{}-node-{}", index_, n); }
std::string AddressPlan::node_link(int n) const { return fmt::format("{}n{}", bridge(), n); }
std::string AddressPlan::node_address(int n) const {
  return fmt::format("198.18.{}.{}", index_, kFirstNode + n - 1);
}
std::string AddressPlan::node_hardware_address(int n) const {
  constexpr const char* kLocallyAdministered = "02:68:6b";
  return fmt::format("{}:{:02x}:00:{:02x}", kLocallyAdministered, index_, n);
}
std::string AddressPlan::task_subnet(int n) const {
  const int offset = n * kTasksPerNode;  // within 100.64.0.0/10 (RFC 6598)
  return fmt::format("100.{}.{}.0/20", 64 + (offset >> 16), (offset >> 8) & 0xff);
}

std::string AddressPlan::cgroup() const { return fmt::format("/hancock-{}", index_); }
std::string AddressPlan::node_cgroup(int n) const { return fmt::format("{}/node-{}", cgroup(), n); }
std::string AddressPlan::run_folder() const { return fmt::format("/run/hancock-dev/{}", index_); }
std::string AddressPlan::containerd_socket(int n) const {
  return fmt::format("{}/node-{}.sock", run_folder(), n);
}

bool AddressPlan::owns_link(const std::string& name) const {
  if (name == bridge()) return true;
  const std::string prefix = bridge() + "n";
  return name.size() > prefix.size() && name.starts_with(prefix) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()), name.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace hancock::dev
