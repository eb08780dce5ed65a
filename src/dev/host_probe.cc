#include "dev/host_probe.h"

#include <fmt/core.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

#include "base/command.h"

namespace hancock::dev {
namespace {

namespace fs = std::filesystem;

struct Tool {
  const char* program;
  const char* package;
};

constexpr Tool kAlways[] = {
    {"docker-registry", "docker-registry"}, {"etcd", "etcd-server"}, {"ip", "iproute2"}};
constexpr Tool kForNodes[] = {{"containerd", "containerd"},
                              {"containerd-shim-runc-v2", "containerd"},
                              {"ctr", "containerd"},
                              {"runc", "runc"},
                              {"nft", "nftables"},
                              {"/usr/lib/cni/ptp", "containernetworking-plugins"},
                              {"/usr/lib/cni/host-local", "containernetworking-plugins"},
                              {"/usr/lib/cni/loopback", "containernetworking-plugins"},
                              {"tar", "tar"},
                              {"umoci", "umoci"},
                              {"skopeo", "skopeo"}};

bool usable(const char* program) {
  const auto path = find_program(program);
  return path && access(path->c_str(), X_OK) == 0;
}

void probe_tool(const Tool& tool, std::vector<std::string>& missing) {
  if (usable(tool.program)) return;
  missing.push_back(fmt::format("program {} (Debian package {})", tool.program, tool.package));
}

void probe_cgroups(const CgroupTrees& trees, std::vector<std::string>& missing) {
  for (const char* controller : {"cpu", "memory", "pids"}) {
    if (trees.has(controller)) continue;
    missing.push_back(
        fmt::format("cgroup controller {} (cgroups here: {})", controller, to_string(trees.kind())));
  }
}

}  // namespace

Result<OwnPrograms> find_own_programs(const ClusterShape& shape) {
  std::error_code error;
  OwnPrograms programs;
  programs.hancock = fs::read_symlink("/proc/self/exe", error);
  if (error) return tl::unexpected(errno_error(error.value(), "/proc/self/exe"));
  if (shape.gateways == 0) return programs;
  const fs::path folder = programs.hancock.parent_path();
  for (const fs::path& candidate : {folder / "slardar", folder.parent_path() / "slardar" / "slardar"}) {
    if (!fs::is_regular_file(candidate, error)) continue;
    programs.slardar = candidate;
    return programs;
  }
  const auto in_path = find_program("slardar");
  if (!in_path) {
    return fail(ErrorCode::kNotFound, "slardar: not beside {}, nor in {}, nor in PATH",
                programs.hancock.string(), (folder.parent_path() / "slardar").string());
  }
  programs.slardar = *in_path;
  return programs;
}

std::vector<std::string> missing_on_host(const ClusterShape& shape, const CgroupTrees& trees) {
  std::vector<std::string> missing;
  if (geteuid() != 0) missing.emplace_back("root: network namespaces, mounts and cgroups need it");
  for (const Tool& tool : kAlways) probe_tool(tool, missing);
  if (shape.nodes == 0) return missing;
  for (const Tool& tool : kForNodes) probe_tool(tool, missing);
  probe_cgroups(trees, missing);
  return missing;
}

Result<void> probe_overlay(const fs::path& folder) {
  const fs::path top = folder / "overlay-probe";
  std::error_code error;
  for (const char* name : {"lower", "upper", "work", "merged"}) fs::create_directories(top / name, error);
  if (error) return tl::unexpected(errno_error(error.value(), top.string()));
  // Relative names: a comma or colon in the folder's path would end an option.
  const fs::path before = fs::current_path(error);
  fs::current_path(top, error);
  const bool mounted =
      mount("overlay", "merged", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work") == 0;
  const int error_number = errno;
  if (mounted) umount2("merged", MNT_DETACH);
  fs::current_path(before, error);
  fs::remove_all(top, error);
  if (mounted) return {};
  return tl::unexpected(errno_error(error_number, fmt::format("overlayfs on {}", folder.string())));
}

}  // namespace hancock::dev
