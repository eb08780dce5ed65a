#include "agent/network/cni_network.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/command.h"
#include "base/file.h"

namespace hancock::agent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHostLocal = "host-local";
constexpr const char* kHostLocalFolder = "/var/lib/cni/networks";  // where its dataDir is not set
constexpr const char* kLoopback = "cni-loopback";
constexpr Duration kPluginTimeout = 10s;

/// What a plugin reads: its own part, with the name and the version of the whole.
std::string plugin_text(const nlohmann::json& config) {
  nlohmann::json plugin = nlohmann::json::parse(config.at("Plugins").at(0).at("Source").get<std::string>());
  plugin["name"] = config.at("Name");
  plugin["cniVersion"] = config.at("CNIVersion");
  return plugin.dump();
}

CniNetwork read_network(const nlohmann::json& runtime, const nlohmann::json& cni) {
  CniNetwork network;
  for (const nlohmann::json& folder : cni.at("PluginDirs"))
    network.programs.emplace_back(folder.get<std::string>());
  for (const nlohmann::json& entry : cni.at("Networks")) {
    const nlohmann::json& config = entry.at("Config");
    if (config.at("Name") == kLoopback) continue;
    network.name = config.at("Name").get<std::string>();
    network.plugin = plugin_text(config);
    const nlohmann::json ipam = nlohmann::json::parse(network.plugin).value("ipam", nlohmann::json::object());
    if (ipam.value("type", "") == kHostLocal) {
      network.reservations = fs::path(ipam.value("dataDir", kHostLocalFolder)) / network.name;
    }
    break;
  }
  if (runtime.value("netnsMountsUnderStateDir", false)) {
    network.namespaces = fs::path(runtime.at("stateDir").get<std::string>()) / "netns";
  }
  return network;
}

std::optional<ino_t> inode_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_ino;
}

std::set<ino_t> inhabited_namespaces() {
  std::set<ino_t> inodes;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    if (!std::isdigit(static_cast<unsigned char>(it->path().filename().string()[0]))) continue;
    if (const auto inode = inode_of(it->path() / "ns/net")) inodes.insert(*inode);
  }
  return inodes;
}

std::optional<fs::path> program(const CniNetwork& network, const std::string& name) {
  std::error_code error;
  for (const fs::path& folder : network.programs) {
    if (fs::exists(folder / name, error)) return folder / name;
  }
  return std::nullopt;
}

/// host-local writes "SANDBOX\r\neth0"; other files ("lock", "last_reserved_ip.0") are none.
bool is_reservation(const std::string& file) {
  return !file.empty() && (file.find('.') != std::string::npos || file.find(':') != std::string::npos) &&
         !file.starts_with("last_reserved_ip");
}

}  // namespace

Result<CniNetwork> parse_cni_network(const std::map<std::string, std::string>& details) {
  const auto runtime = details.find("config");
  const auto cni = details.find("cniconfig");
  if (runtime == details.end() || cni == details.end()) {
    return fail(ErrorCode::kUnsupported, "the runtime does not tell of its network");
  }
  try {
    return read_network(nlohmann::json::parse(runtime->second), nlohmann::json::parse(cni->second));
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kUnsupported, "what the runtime tells of its network cannot be read: {}",
                error.what());
  }
}

std::set<std::string> idle_namespaces(const CniNetwork& network) {
  std::map<ino_t, std::string> files;
  std::error_code error;
  if (network.namespaces.empty()) return {};
  for (fs::directory_iterator it(network.namespaces, error), end; !error && it != end; it.increment(error)) {
    if (const auto inode = inode_of(it->path())) files.emplace(*inode, it->path().filename().string());
  }
  if (files.empty()) return {};
  for (const ino_t inode : inhabited_namespaces()) files.erase(inode);
  std::set<std::string> idle;
  for (const auto& [inode, file] : files) idle.insert(file);
  return idle;
}

Result<void> remove_namespace(const CniNetwork& network, const std::string& file) {
  const fs::path path = network.namespaces / file;
  if (::umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) {
    return tl::unexpected(errno_error(errno, "unmount " + path.string()));
  }
  std::error_code error;
  fs::remove(path, error);
  if (error) return tl::unexpected(errno_error(error.value(), "remove " + path.string()));
  return {};
}

std::set<std::string> reserving_sandboxes(const CniNetwork& network) {
  std::set<std::string> sandboxes;
  std::error_code error;
  if (network.reservations.empty()) return sandboxes;
  for (fs::directory_iterator it(network.reservations, error), end; !error && it != end;
       it.increment(error)) {
    if (!is_reservation(it->path().filename().string())) continue;
    const std::string text = read_file(it->path(), 4096).value_or("");
    if (const std::string id = text.substr(0, text.find_first_of("\r\n")); !id.empty()) sandboxes.insert(id);
  }
  return sandboxes;
}

Result<void> release_addresses(const CniNetwork& network, const std::string& sandbox) {
  const auto path = program(network, kHostLocal);
  if (!path) return fail(ErrorCode::kNotFound, "no plugin {} in the runtime's folders", kHostLocal);
  CommandOptions options;
  options.argv = {path->string()};
  options.env = {"CNI_COMMAND=DEL", "CNI_CONTAINERID=" + sandbox, "CNI_NETNS=", "CNI_IFNAME=eth0",
                 "CNI_PATH=" + path->parent_path().string()};
  options.input = network.plugin;
  options.timeout = kPluginTimeout;
  auto output = run_command(options);
  if (!output) return forward_error(output);
  if (output->status.ok()) return {};
  return fail(ErrorCode::kInternal, "{}: {}", kHostLocal, output->out + output->err);
}

}  // namespace hancock::agent
