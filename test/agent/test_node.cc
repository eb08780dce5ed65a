#include "test_node.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/command.h"
#include "base/file.h"

namespace hancock::agent::test {
namespace {

constexpr const char* kPauseImage = "test.internal/pause:1";
constexpr const char* kRegistryAddress = "127.0.0.1:5055";
int g_far_namespace = -1;

template <class T>
T must(Result<T> result, const std::string& what) {
  if (!result) {
    fmt::print(stderr, "{}: {}\n", what, result.error().message);
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string command(std::vector<std::string> argv, int network = -1) {
  const std::string what = argv[0] + " " + (argv.size() > 1 ? argv[1] : "");
  return must(checked_command({.argv = std::move(argv), .network_namespace = network}), what);
}

void write(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  must(write_file(path, content), path.string());
}

std::vector<std::string> hierarchies() {
  std::vector<std::string> result;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string device, path, type, rest;
       mounts >> device >> path >> type && std::getline(mounts, rest);) {
    if (type == "cgroup" || type == "cgroup2") result.push_back(path);
  }
  return result;
}

/// Ends what runs in a cgroup and below, and removes it.
void remove_cgroup(const std::filesystem::path& top) {
  std::error_code error;
  std::vector<std::filesystem::path> folders{top};
  for (const auto& below : std::filesystem::recursive_directory_iterator(top, error)) {
    if (below.is_directory()) folders.push_back(below.path());
  }
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    std::ifstream pids(*folder / "cgroup.procs");
    for (int pid = 0; pids >> pid;) ::kill(pid, SIGKILL);
    eventually([&] { return ::rmdir(folder->c_str()) == 0 || errno == ENOENT; }, 2s);
  }
}

/// What test programs left that are no more.
void sweep() {
  constexpr std::string_view kPrefix = "hancock-agent-test-";
  for (const auto& root : hierarchies()) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
      const std::string name = entry.path().filename();
      if (name.starts_with(kPrefix) && ::kill(std::stoi(name.substr(kPrefix.size())), 0) != 0) {
        remove_cgroup(entry.path());
      }
    }
  }
}

}  // namespace

int far_namespace() { return g_far_namespace; }

void enter_namespaces() {
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    fmt::print(stderr, "namespaces of one's own need root\n");
    std::abort();
  }
  std::thread([] {
    if (::unshare(CLONE_NEWNET) != 0) std::abort();
    g_far_namespace = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  }).join();
  const std::string far_path = fmt::format("/proc/{}/fd/{}", ::getpid(), g_far_namespace);
  command({"ip", "link", "set", "lo", "up"});
  command({"ip", "link", "add", "eth0", "type", "veth", "peer", "name", "far0"});
  command({"ip", "link", "set", "far0", "netns", far_path});
  command({"ip", "address", "add", std::string(kNodeAddress) + "/24", "dev", "eth0"});
  command({"ip", "link", "set", "eth0", "up"});
  command({"ip", "route", "add", "default", "via", kFarAddress});
  command({"ip", "address", "add", std::string(kFarAddress) + "/24", "dev", "far0"}, g_far_namespace);
  command({"ip", "link", "set", "far0", "up"}, g_far_namespace);
  command({"ip", "link", "set", "lo", "up"}, g_far_namespace);
}

TestNode::TestNode() : cgroup_(fmt::format("/hancock-agent-test-{}", ::getpid())) {
  sweep();
  runtime_ = std::make_unique<cri::Client>(socket());
  write_config();
  start_containerd();
  import_images();
}

TestNode::~TestNode() {
  if (!containerd_) start_containerd();
  remove_pods();
  stop_containerd();
  stop_registry();
  for (const auto& root : hierarchies()) remove_cgroup(root + cgroup_);
}

void TestNode::write_config() {
  const std::string at = dir_.string();
  write(dir_ / "containerd.toml", fmt::format(R"(version = 2
root = "{0}/root"
state = "{0}/state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "{1}"
[ttrpc]
  address = "{1}.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  disable_tcp_service = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  sandbox_image = "{2}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{0}/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{0}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{0}/hosts"
)",
                                              at, socket(), kPauseImage));
  write(dir_ / "cni/10-test.conflist",
        fmt::format(R"({{"cniVersion":"0.4.0","name":"agent-test-{}","plugins":[{{"type":"ptp","ipMasq":false,
  "ipam":{{"type":"host-local","ranges":[[{{"subnet":"100.64.16.0/20"}}]],"routes":[{{"dst":"0.0.0.0/0"}}],
  "dataDir":"{}/cni-state"}}}}]}})",
                    ::getpid(), at));
  write(dir_ / "hosts" / kRegistryAddress / "hosts.toml",
        fmt::format(
            "server = \"http://{0}\"\n[host.\"http://{0}\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
            kRegistryAddress));
}

void TestNode::start_containerd() {
  containerd_ = must(Process::spawn({.argv = {"containerd", "--config", (dir_ / "containerd.toml").string()},
                                     .log = dir_ / "containerd.log",
                                     .death_signal = SIGKILL}),
                     "containerd");
  const bool ready = eventually(
      [&] {
        auto status = runtime_->status();
        return status && status->ready();
      },
      20s);
  if (!ready) {
    fmt::print(stderr, "containerd does not become ready, see {}/containerd.log\n", dir_.string());
    std::abort();
  }
}

void TestNode::stop_containerd() {
  if (!containerd_) return;
  (void)containerd_->send_signal(SIGKILL);
  must(containerd_->wait(BootClock::now() + 10s), "containerd");
  containerd_.reset();
}

void TestNode::import_images() {
  const std::string layout = (dir_ / "oci").string();
  const std::string archive = (dir_ / "task.tar").string();
  command({"umoci", "init", "--layout", layout});
  command({"umoci", "new", "--image", layout + ":1"});
  command({"umoci", "insert", "--image", layout + ":1", HANCOCK_TASK_PROGRAM, "/task"});
  command({"umoci", "config", "--image", layout + ":1", "--config.entrypoint", "/task"});
  command({"skopeo", "copy", "-q", "oci:" + layout + ":1", "oci-archive:" + archive + ":" + kTaskImage});
  command({"ctr", "-a", socket(), "-n", "k8s.io", "images", "import", archive});
  command({"ctr", "-a", socket(), "-n", "k8s.io", "images", "tag", kTaskImage, kPauseImage});
}

void TestNode::start_registry() {
  write(dir_ / "registry.yaml",
        fmt::format("version: 0.1\nstorage: {{filesystem: {{rootdirectory: {}/images}}}}\n"
                    "http: {{addr: \"{}\"}}\n",
                    dir_.string(), kRegistryAddress));
  registry_ = must(Process::spawn({.argv = {"docker-registry", "serve", (dir_ / "registry.yaml").string()},
                                   .log = dir_ / "registry.log",
                                   .death_signal = SIGKILL}),
                   "docker-registry");
  const bool up = eventually([] {
    auto answer = run_command({.argv = {"curl", "-sf", fmt::format("http://{}/v2/", kRegistryAddress)}});
    return answer && answer->status.ok();
  });
  if (!up) std::abort();
}

void TestNode::stop_registry() {
  if (!registry_) return;
  (void)registry_->send_signal(SIGKILL);
  must(registry_->wait(BootClock::now() + 10s), "docker-registry");
  registry_.reset();
}

std::string TestNode::push(const std::string& name_and_tag) { return push_from_layout("1", name_and_tag); }

std::string TestNode::push_variant(const std::string& name_and_tag) {
  std::string tag = name_and_tag;
  std::replace(tag.begin(), tag.end(), ':', '-');
  command({"umoci", "config", "--image", (dir_ / "oci").string() + ":1", "--tag", tag, "--config.env",
           "VARIANT=" + tag});
  return push_from_layout(tag, name_and_tag);
}

std::string TestNode::push_from_layout(const std::string& layout_tag, const std::string& name_and_tag) {
  if (!registry_) start_registry();
  const std::string reference = fmt::format("{}/{}", kRegistryAddress, name_and_tag);
  command({"skopeo", "copy", "-q", "--dest-tls-verify=false",
           "oci:" + (dir_ / "oci").string() + ":" + layout_tag, "docker://" + reference});
  return reference;
}

std::vector<std::string> TestNode::cgroups_left() const {
  std::vector<std::string> result;
  for (const auto& root : hierarchies()) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root + cgroup(), error)) {
      if (entry.is_directory()) result.push_back(entry.path());
    }
  }
  return result;
}

void TestNode::remove_pods() {
  auto sandboxes = runtime_->sandboxes({});
  if (!sandboxes) return;
  for (const auto& sandbox : *sandboxes) (void)runtime_->remove_sandbox(sandbox.id);
}

}  // namespace hancock::agent::test
