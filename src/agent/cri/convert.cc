#include "agent/cri/convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hancock::agent::cri {
namespace {

namespace v1 = runtime::v1;

constexpr int64_t kCpuPeriodUs = 100'000;
constexpr int64_t kCpuSharesMin = 2;  // the kernel's

// Paths below /proc and /sys that tell of, or reach into, the host: the list that container runtimes share.
constexpr const char* kMaskedPaths[] = {
    "/proc/acpi",       "/proc/asound",      "/proc/kcore",       "/proc/keys", "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"};
constexpr const char* kReadonlyPaths[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                          "/proc/sysrq-trigger"};

void fill_namespaces(v1::NamespaceOption& option) {
  option.set_network(v1::POD);
  option.set_pid(v1::CONTAINER);  // else the Task's program is not pid 1 and sees the pause process
  option.set_ipc(v1::POD);
}

void fill_resources(const ContainerSpec& spec, v1::LinuxContainerResources& resources) {
  resources.set_cpu_shares(std::max(kCpuSharesMin, static_cast<int64_t>(spec.cpu_millis * 1024 / 1000)));
  if (spec.cpu_limit_millis > 0) {
    resources.set_cpu_period(kCpuPeriodUs);
    resources.set_cpu_quota(static_cast<int64_t>(spec.cpu_limit_millis) * kCpuPeriodUs / 1000);
  }
  if (spec.memory_bytes > 0) {
    resources.set_memory_limit_in_bytes(static_cast<int64_t>(spec.memory_bytes));
    resources.set_memory_swap_limit_in_bytes(static_cast<int64_t>(spec.memory_bytes));  // memory + swap
  }
}

void fill_security(const ContainerSpec& spec, v1::LinuxContainerSecurityContext& security) {
  security.mutable_capabilities()->add_drop_capabilities("ALL");
  fill_namespaces(*security.mutable_namespace_options());
  security.set_no_new_privs(true);
  security.mutable_seccomp()->set_profile_type(v1::SecurityProfile::RuntimeDefault);  // absent: unconfined
  for (const char* path : kMaskedPaths) security.add_masked_paths(path);
  for (const char* path : kReadonlyPaths) security.add_readonly_paths(path);
  if (spec.user.uid) {
    security.mutable_run_as_user()->set_value(*spec.user.uid);
    if (spec.user.gid) security.mutable_run_as_group()->set_value(*spec.user.gid);
  } else if (!spec.user.name.empty()) {
    security.set_run_as_username(spec.user.name);
  }
}

Labels labels_of(const google::protobuf::Map<std::string, std::string>& map) {
  return {map.begin(), map.end()};
}

ContainerState state_of(v1::ContainerState state) {
  switch (state) {
    case v1::CONTAINER_CREATED:
      return ContainerState::kCreated;
    case v1::CONTAINER_RUNNING:
      return ContainerState::kRunning;
    case v1::CONTAINER_EXITED:
      return ContainerState::kExited;
    default:
      return ContainerState::kUnknown;
  }
}

/// `info`: of a verbose status.
int pid_in(const google::protobuf::Map<std::string, std::string>& response) {
  const auto info = response.find("info");
  if (info == response.end()) return 0;
  const auto json = nlohmann::json::parse(info->second, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return 0;
  const auto pid = json.find("pid");
  return pid != json.end() && pid->is_number_integer() ? pid->get<int>() : 0;
}

}  // namespace

void fill(const SandboxSpec& spec, v1::PodSandboxConfig& config) {
  auto& metadata = *config.mutable_metadata();
  metadata.set_name(spec.name);
  metadata.set_uid(spec.uid);
  metadata.set_namespace_(spec.owner);
  metadata.set_attempt(spec.attempt);
  config.set_hostname(spec.name);
  config.set_log_directory(spec.log_folder);
  config.mutable_labels()->insert(spec.labels.begin(), spec.labels.end());
  config.mutable_annotations()->insert(spec.annotations.begin(), spec.annotations.end());
  auto& linux_config = *config.mutable_linux();
  linux_config.set_cgroup_parent(spec.cgroup_parent);
  auto& security = *linux_config.mutable_security_context();
  fill_namespaces(*security.mutable_namespace_options());
  security.mutable_seccomp()->set_profile_type(v1::SecurityProfile::RuntimeDefault);
}

void fill(const ContainerSpec& spec, v1::ContainerConfig& config) {
  config.mutable_metadata()->set_name(spec.name);
  config.mutable_metadata()->set_attempt(spec.attempt);
  config.mutable_image()->set_image(spec.image);
  config.mutable_command()->Assign(spec.command.begin(), spec.command.end());
  config.mutable_args()->Assign(spec.args.begin(), spec.args.end());
  config.set_working_dir(spec.workdir);
  for (const auto& [name, value] : spec.env) {
    auto& variable = *config.add_envs();
    variable.set_key(name);
    variable.set_value(value);
  }
  config.mutable_labels()->insert(spec.labels.begin(), spec.labels.end());
  config.mutable_annotations()->insert(spec.annotations.begin(), spec.annotations.end());
  config.set_log_path(spec.log_path);
  fill_resources(spec, *config.mutable_linux()->mutable_resources());
  fill_security(spec, *config.mutable_linux()->mutable_security_context());
}

RuntimeStatus from(const v1::RuntimeStatus& status) {
  RuntimeStatus result;
  for (const auto& condition : status.conditions()) {
    if (condition.type() == "RuntimeReady") result.runtime_ready = condition.status();
    if (condition.type() == "NetworkReady") result.network_ready = condition.status();
    if (!condition.status() && result.problem.empty()) {
      result.problem = fmt::format("containerd is not ready: {}: {}", condition.type(),
                                   condition.message().empty() ? condition.reason() : condition.message());
    }
  }
  if (!result.ready() && result.problem.empty()) result.problem = "containerd says nothing about its state";
  return result;
}

SandboxStatus from(const v1::PodSandboxStatus& status) {
  return {.id = status.id(),
          .name = status.metadata().name(),
          .ready = status.state() == v1::SANDBOX_READY,
          .address = status.network().ip(),
          .attempt = status.metadata().attempt(),
          .labels = labels_of(status.labels()),
          .annotations = labels_of(status.annotations())};
}

int pid_of(const v1::PodSandboxStatusResponse& response) { return pid_in(response.info()); }

SandboxStatus from(const v1::PodSandbox& sandbox) {
  return {.id = sandbox.id(),
          .name = sandbox.metadata().name(),
          .ready = sandbox.state() == v1::SANDBOX_READY,
          .address = {},
          .attempt = sandbox.metadata().attempt(),
          .labels = labels_of(sandbox.labels()),
          .annotations = labels_of(sandbox.annotations())};
}

Container from(const v1::Container& container) {
  return {.id = container.id(),
          .sandbox = container.pod_sandbox_id(),
          .attempt = container.metadata().attempt(),
          .state = state_of(container.state()),
          .image = container.image_ref(),
          .labels = labels_of(container.labels()),
          .annotations = labels_of(container.annotations())};
}

ContainerStatus from(const v1::ContainerStatusResponse& response) {
  const auto& status = response.status();
  return {.id = status.id(),
          .state = state_of(status.state()),
          .attempt = status.metadata().attempt(),
          .started_at_ns = status.started_at(),
          .exit_code = status.exit_code(),
          .reason = status.reason(),
          .message = status.message(),
          .pid = pid_in(response.info())};
}

Image from(const v1::Image& image) {
  return {.id = image.id(),
          .digests = {image.repo_digests().begin(), image.repo_digests().end()},
          .tags = {image.repo_tags().begin(), image.repo_tags().end()},
          .size_bytes = image.size(),
          .pinned = image.pinned()};
}

}  // namespace hancock::agent::cri
