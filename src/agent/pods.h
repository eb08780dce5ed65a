// Pods: makes and removes what a Task is on the Node: host ports, cgroup, sandbox, nftables elements
// (prepare), container (run).
//
// Each call may be made again after it failed, or after the Agent was restarted in the middle: what is there
// is used or removed first. Loop's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/cgroups.h"
#include "agent/network/node_network.h"
#include "agent/pod_spec.h"
#include "agent/process_watch.h"
#include "agent/runtime.h"
#include "agent/warm_sandboxes.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {

/// What exists of one Task. Empty strings: not there.
struct Pod {
  std::string sandbox;
  uint32_t sandboxes = 0;                     // made for it so far: the number of the next one
  std::string container;                      // that runs or ran last
  std::string address;                        // of the sandbox
  std::vector<PublishedPort> ports;           // with host ports, once taken
  int pid = 0;                                // of the container's first process, on the host
  std::optional<WallTime> started_at;         // the container
  std::shared_ptr<ProcessWatch> process;      // that first process, while it lives
  std::optional<cri::ContainerStatus> ended;  // how a container that we stopped has ended
};

/// Nanoseconds since 1970, as the runtime says them.
std::optional<WallTime> to_wall(int64_t ns);

class Pods {
 public:
  Pods(Runtime& runtime, NodeNetwork& network, WarmSandboxes& warm, Cgroups cgroups, NodePlace place)
      : runtime_(runtime),
        network_(network),
        warm_(warm),
        cgroups_(std::move(cgroups)),
        place_(std::move(place)) {}

  /// Host ports, if it has none yet.
  Result<void> take_ports(const model::Assignment& assignment, Pod& pod);
  /// A sandbox with an address, to which the host ports lead. What was made stays in `pod` also when it
  /// fails.
  io::Async<Result<void>> prepare(const model::Assignment& assignment, Pod& pod);
  /// A running container in a prepared pod, `attempt` its number. One of that number that runs already, since
  /// an earlier call failed half-way, is taken as it is.
  io::Async<Result<void>> run(const model::Assignment& assignment, uint32_t attempt, std::string image_id,
                              Pod& pod);
  /// Ends the container: `signal`, then SIGKILL after `grace`. The sandbox stays.
  io::Async<Result<void>> stop(std::string task, Pod& pod, int signal, Duration grace);
  /// Ends and removes everything that bears the Task's label, and gives the ports back.
  io::Async<Result<void>> remove(std::string task, Pod& pod, int signal, Duration grace);
  /// Makes sure that the ports of a pod that was found lead to it, whatever was remembered of it.
  io::Async<Result<void>> publish_again(const std::string& task, const Pod& pod);
  /// How the container is; kNotFound when it is gone.
  io::Async<Result<cri::ContainerStatus>> status_of(std::string container);
  /// The first process of a Task's container; kNotFound when it is not `pid` (any more).
  Result<std::shared_ptr<ProcessWatch>> watch(const std::string& task, int pid);

  const NodePlace& place() const { return place_; }
  const Cgroups& cgroups() const { return cgroups_; }
  Runtime& runtime() { return runtime_; }

 private:
  io::Async<Result<void>> ensure_sandbox(const model::Assignment& assignment, Pod& pod);
  io::Async<Result<void>> make_sandbox(const model::Assignment& assignment, Pod& pod);
  io::Async<Result<void>> remove_sandboxes(std::string task, std::string sandbox);
  io::Async<Result<void>> withdraw(const std::string& task, Pod& pod);
  io::Async<Duration> signal_and_wait(std::string task, Pod& pod, int signal, Duration grace);

  Runtime& runtime_;
  NodeNetwork& network_;
  WarmSandboxes& warm_;
  Cgroups cgroups_;
  NodePlace place_;
};

}  // namespace hancock::agent
