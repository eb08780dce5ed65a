#include "dev/network.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "base/command.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

const fs::path kNamespaces = "/run/netns";

// One process for many commands of ip; the first that fails ends it and is named.
Result<void> ip_batch(std::vector<std::string> arguments, const std::string& commands) {
  CommandOptions options;
  options.argv = {"ip"};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.argv.insert(options.argv.end(), {"-batch", "-"});
  options.input = commands;
  auto output = run_command(options);
  if (!output) return forward_error(output);
  if (output->status.ok()) return {};
  return fail(ErrorCode::kInternal, "ip: {}", output->err);
}

// Gives a new namespace a name: a thread enters it, and /run/netns/NAME is mounted on what the thread is in.
Result<void> create_namespace(const std::string& name) {
  std::error_code error;
  fs::create_directories(kNamespaces, error);
  const fs::path file = kNamespaces / name;
  UniqueFd made(open(file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (!made) return tl::unexpected(errno_error(errno, file.string()));
  int failed = 0;
  std::thread inside([&] {
    if (unshare(CLONE_NEWNET) != 0 ||
        mount("/proc/thread-self/ns/net", file.c_str(), "none", MS_BIND, nullptr) != 0) {
      failed = errno;
    }
  });
  inside.join();
  if (failed == 0) return {};
  fs::remove(file, error);
  return tl::unexpected(errno_error(failed, fmt::format("network namespace {}", name)));
}

// A mount and its file. Both may be missing: a restart of the machine leaves neither, a crash between them
// one.
void remove_namespace(const std::string& name) {
  const fs::path file = kNamespaces / name;
  while (umount2(file.c_str(), MNT_DETACH) == 0) {
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  fs::remove(kNamespaces, ignored);  // when empty: ip makes it anew
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

bool addresses_in_use(const AddressPlan& plan) {
  if (!links_of(plan).empty()) return true;
  const std::string host = plan.host_address();
  const std::string network = " " + host.substr(0, host.size() - 1);  // " 198.18.7."
  const auto addresses = checked_command({.argv = {"ip", "-o", "-4", "addr", "show"}});
  return addresses && addresses->find(network) != std::string::npos;
}

Result<void> create_host_network(const AddressPlan& plan, int masters) {
  const std::string bridge = plan.bridge();
  std::string commands = fmt::format("link add {0} type bridge\nlink set {0} up\n", bridge);
  const auto add = [&](const std::string& address) {
    commands += fmt::format("addr add {}/{} dev {}\n", address, AddressPlan::kPrefixLength, bridge);
  };
  add(plan.host_address());  // first, so that it is the source of connections to Nodes
  for (int m = 1; m <= masters; ++m) add(plan.master_address(m));
  return ip_batch({}, commands);
}

Result<void> create_node_network(const AddressPlan& plan, int n) {
  const std::string name = plan.node_namespace(n);
  const std::string link = plan.node_link(n);
  if (auto made = create_namespace(name); !made) return made;
  auto host = ip_batch({}, fmt::format("link add {0} type veth peer name eth0 address {3} netns {1}\n"
                                       "link set {0} master {2} up\n",
                                       link, name, plan.bridge(), plan.node_hardware_address(n)));
  if (!host) return host;
  return ip_batch({"-n", name},
                  fmt::format("link set lo up\n"
                              "addr add {}/{} dev eth0\n"
                              "link set eth0 up\n"
                              "route add default via {}\n",
                              plan.node_address(n), AddressPlan::kPrefixLength, plan.host_address()));
}

Result<void> set_node_link(const AddressPlan& plan, int n, LinkState state) {
  return ip_batch(
      {}, fmt::format("link set {} {}\n", plan.node_link(n), state == LinkState::kUp ? "up" : "down"));
}

Result<void> remove_node_network(const AddressPlan& plan, int n) {
  const std::string link = plan.node_link(n);
  const auto links = links_of(plan);
  const bool there = std::find(links.begin(), links.end(), link) != links.end();
  auto removed = there ? ip_batch({}, fmt::format("link del {}\n", link)) : Result<void>();
  remove_namespace(plan.node_namespace(n));
  return removed;
}

Result<UniqueFd> open_namespace(const std::string& name) {
  const fs::path file = kNamespaces / name;
  UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error(errno, file.string()));
  return fd;
}

std::vector<std::string> namespaces_of(const AddressPlan& plan) {
  const std::string first = plan.node_namespace(1);
  const std::string prefix = first.substr(0, first.size() - 1);
  std::vector<std::string> names = names_in(kNamespaces);
  std::erase_if(names, [&](const std::string& name) { return !name.starts_with(prefix); });
  return names;
}

std::vector<uint64_t> namespace_inodes(const std::vector<std::string>& names) {
  std::vector<uint64_t> inodes;
  for (const std::string& name : names) {
    struct stat info {};
    if (stat((kNamespaces / name).c_str(), &info) == 0) inodes.push_back(info.st_ino);
  }
  return inodes;
}

std::vector<std::string> links_of(const AddressPlan& plan) {
  std::vector<std::string> names = names_in("/sys/class/net");
  std::erase_if(names, [&](const std::string& name) { return !plan.owns_link(name); });
  return names;
}

Result<void> remove_network(const AddressPlan& plan) {
  std::string commands;
  for (const std::string& link : links_of(plan)) commands += fmt::format("link del {}\n", link);
  // -force: go on after a link that went by itself, as a veth does when its other end is gone.
  auto removed = commands.empty() ? Result<void>() : ip_batch({"-force"}, commands);
  for (const std::string& name : namespaces_of(plan)) remove_namespace(name);
  if (!removed && links_of(plan).empty()) return {};
  return removed;
}

}  // namespace hancock::dev
