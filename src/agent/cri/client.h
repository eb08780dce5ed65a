// Client: a container runtime behind the Container Runtime Interface on a unix socket (containerd).
//
//   cri::Client runtime("/run/containerd/containerd.sock");
//   auto status = runtime.status();              // blocks, at most kAskTimeout
//
// Every call blocks its thread and has a deadline: use it from an io::ThreadPool. Thread-safe. A runtime that
// is down is kUnavailable, one that does not answer in time kTimeout; no such image, sandbox or container is
// kNotFound. gRPC stays behind this header.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/cri/types.h"
#include "base/error.h"

namespace hancock::agent::cri {

inline constexpr Duration kAskTimeout = 5s;
inline constexpr Duration kChangeTimeout = 60s;  // make, start, stop, remove: the disk may be slow

class Client {
 public:
  explicit Client(std::string socket_path);
  ~Client();

  const std::string& socket_path() const { return socket_path_; }

  Result<RuntimeStatus> status();
  /// What it tells of itself: "config", "cniconfig" and others, each a JSON text of its own making.
  Result<std::map<std::string, std::string>> details();

  /// Gives the image's id.
  Result<std::string> pull_image(const std::string& reference, Duration timeout);
  /// nullopt when it is not on this Node.
  Result<std::optional<Image>> image(const std::string& reference);

  Result<std::vector<Image>> images();
  /// With all its names. Done when it is not there.
  Result<void> remove_image(const std::string& id);
  /// A folder on the disk that images lie on.
  Result<std::string> image_folder();

  Result<std::string> run_sandbox(const SandboxSpec& spec);
  Result<SandboxStatus> sandbox(const std::string& id);
  /// The number of its pause process, on the host.
  Result<int> sandbox_process(const std::string& id);
  /// `labels`: all must match. Addresses are not filled in.
  Result<std::vector<SandboxStatus>> sandboxes(const Labels& labels);
  /// Ends and removes it, with all that is in it. Done when there is no such sandbox.
  Result<void> remove_sandbox(const std::string& id);

  Result<std::string> create_container(const std::string& sandbox, const ContainerSpec& spec,
                                       const SandboxSpec& sandbox_spec);
  Result<void> start_container(const std::string& id);
  Result<ContainerStatus> container(const std::string& id);
  Result<std::vector<Container>> containers(const Labels& labels);
  /// SIGTERM (or the image's STOPSIGNAL), SIGKILL after `grace`. Done when there is no such container.
  Result<void> stop_container(const std::string& id, Duration grace);
  Result<void> remove_container(const std::string& id);
  Result<void> reopen_log(const std::string& id);
  /// kTimeout when the command takes longer: it is killed.
  Result<ExecResult> exec(const std::string& id, const std::vector<std::string>& command, Duration timeout);

  /// Ends the calls that are under way, and all later ones, with kCancelled: before the pool is joined.
  void cancel();

 private:
  class Impl;
  std::string socket_path_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hancock::agent::cri
