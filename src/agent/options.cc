#include "agent/options.h"

#include <fmt/core.h>
#include <sys/socket.h>

#include "io/address.h"
#include "model/names.h"

namespace hancock::agent {
namespace {

constexpr size_t kUnixPathMax = 107;
constexpr int64_t kWarmSandboxesMax = 64;

tl::unexpected<Error> wrong(const std::string& field, const std::string& value, const std::string& allowed) {
  return tl::unexpected(
      Error{ErrorCode::kInvalid, fmt::format("{}: \"{}\": {}", field, value, allowed), field});
}

}  // namespace

Result<void> check(const AgentOptions& options) {
  const std::string name_rule = "a name is " + std::string(model::kNameRule);
  if (!model::is_name(options.node)) return wrong("--node", options.node, name_rule);
  if (!model::is_name(options.site)) return wrong("--site", options.site, name_rule);
  const auto address = io::Address::of(options.address, 0);
  if (!address || address->family() != AF_INET) {
    return wrong("--address", options.address, "the IPv4 address at which host ports are reached");
  }
  if (options.containerd.size() > kUnixPathMax) {
    return wrong("--containerd", options.containerd, "a socket's path has at most 107 bytes");
  }
  if (options.data.empty()) return wrong("--data", options.data, "a folder");
  if (!options.cgroup.starts_with('/') || options.cgroup.size() < 2 ||
      options.cgroup.find("..") != std::string::npos) {
    return wrong("--cgroup", options.cgroup, "an absolute path below the cgroup hierarchies' mounts");
  }
  if (options.warm_sandboxes < 0 || options.warm_sandboxes > kWarmSandboxesMax) {
    return wrong("--warm-sandboxes", std::to_string(options.warm_sandboxes), "0 to 64");
  }
  if (options.images.high < 1 || options.images.high > 100) {
    return wrong("--image-disk-high", std::to_string(options.images.high), "1 to 100 percent");
  }
  if (options.images.low < 0 || options.images.low >= options.images.high) {
    return wrong("--image-disk-low", std::to_string(options.images.low), "percent, below --image-disk-high");
  }
  return {};
}

}  // namespace hancock::agent
