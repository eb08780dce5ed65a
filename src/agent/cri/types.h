// What the Agent says to a container runtime and hears from it, without the interface's generated code.
//
// Values only; any thread. What every Task gets alike (no capabilities, no new privileges, the runtime's
// seccomp filter, own namespaces) is no field here: convert.cc always asks for it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace hancock::agent::cri {

using Labels = std::map<std::string, std::string>;

/// What `Status` says. `problem` is for people, "" when both are ready.
struct RuntimeStatus {
  bool runtime_ready = false;
  bool network_ready = false;
  std::string problem = {};
  bool ready() const { return runtime_ready && network_ready; }
};

/// A sandbox to make: name + uid + owner + attempt are unique in the runtime.
struct SandboxSpec {
  std::string name = {};  // also the host name
  std::string uid = {};
  std::string owner = {};  // the Tenant
  uint32_t attempt = 0;
  std::string log_folder = {};     // on the host
  std::string cgroup_parent = {};  // absolute, below the mount of each hierarchy
  Labels labels = {};
  Labels annotations = {};
};

struct SandboxStatus {
  std::string id = {};
  std::string name = {};  // of its SandboxSpec
  bool ready = false;
  std::string address = {};
  uint32_t attempt = 0;
  Labels labels = {};
  Labels annotations = {};
};

struct User {
  std::optional<int64_t> uid = {};
  std::optional<int64_t> gid = {};  // only with a uid
  std::string name = {};            // instead of a uid
};

struct ContainerSpec {
  std::string name = {};
  uint32_t attempt = 0;
  std::string image = {};                 // id or reference, already pulled
  std::vector<std::string> command = {};  // instead of the image's ENTRYPOINT
  std::vector<std::string> args = {};     // instead of its CMD
  std::string workdir = {};
  std::vector<std::pair<std::string, std::string>> env = {};
  User user = {};
  uint64_t cpu_millis = 0;        // weight
  uint64_t cpu_limit_millis = 0;  // 0: none
  uint64_t memory_bytes = 0;      // hard, without swap; 0: none
  std::string log_path = {};      // relative to the sandbox's log folder
  Labels labels = {};
  Labels annotations = {};
};

enum class ContainerState { kCreated, kRunning, kExited, kUnknown };

struct Container {
  std::string id = {};
  std::string sandbox = {};
  uint32_t attempt = 0;
  ContainerState state = ContainerState::kUnknown;
  std::string image = {};  // its id
  Labels labels = {};
  Labels annotations = {};
};

struct ContainerStatus {
  std::string id = {};
  ContainerState state = ContainerState::kUnknown;
  uint32_t attempt = 0;
  int64_t started_at_ns = 0;  // since 1970; 0: never
  int32_t exit_code = 0;      // 128 + n when signal n ended it
  std::string reason = {};    // "OOMKilled", "Error", "Completed"
  std::string message = {};
  int pid = 0;  // on the host; 0: unknown
};

struct Image {
  std::string id = {};                    // of its config: "sha256:…"
  std::vector<std::string> digests = {};  // "repository@sha256:…", of its manifest
  std::vector<std::string> tags = {};     // "repository:tag"
  uint64_t size_bytes = 0;
  bool pinned = false;  // not to be removed
};

struct ExecResult {
  int32_t exit_code = 0;
  std::string output = {};  // stdout, then stderr
};

}  // namespace hancock::agent::cri
