// Pods: makes and removes what a Task is on the Node: host ports, cgroup, sandbox, nftables elements,
// container.
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
#include "agent/runtime.h"
#include "hancock/wire.pb.h"

namespace hancock::agent {

/// What exists of one Task. Empty strings: not there.
struct Pod {
  std::string sandbox;
  std::string container;
  std::string address;                        // of the sandbox
  std::vector<PublishedPort> ports;           // with host ports, once taken
  int pid = 0;                                // of the container's first process, on the host
  std::optional<cri::ContainerStatus> ended;  // how a container that we stopped has ended
};

class Pods {
 public:
  Pods(Runtime& runtime, NodeNetwork& network, Cgroups cgroups, NodePlace place)
      : runtime_(runtime), network_(network), cgroups_(std::move(cgroups)), place_(std::move(place)) {}

  /// A running container in `pod`, `attempt` its number. What was made stays in `pod` also when it fails.
  io::Async<Result<void>> start(const model::Assignment& assignment, uint32_t attempt, std::string image_id,
                                Pod& pod);
  /// Ends the container: `signal`, then SIGKILL after `grace`. The sandbox stays.
  io::Async<Result<void>> stop(Pod& pod, int signal, Duration grace);
  /// Ends and removes everything that bears the Task's label, and gives the ports back.
  io::Async<Result<void>> remove(std::string task, Pod& pod, int signal, Duration grace);
  /// Makes sure that the ports of a pod that was found lead to it.
  io::Async<Result<void>> publish(const Pod& pod) { return network_.publish(pod.address, pod.ports); }
  /// How the container ended; kConflict while it still runs.
  io::Async<Result<cri::ContainerStatus>> exit_of(std::string container);

  const NodePlace& place() const { return place_; }
  const Cgroups& cgroups() const { return cgroups_; }
  Runtime& runtime() { return runtime_; }

 private:
  io::Async<Result<void>> ensure_sandbox(const model::Assignment& assignment, Pod& pod);
  io::Async<Result<void>> make_sandbox(const model::Assignment& assignment, Pod& pod);
  io::Async<Result<void>> remove_sandboxes(std::string task);
  io::Async<Result<void>> withdraw(Pod& pod);
  io::Async<void> signal_and_wait(int pid, int signal, Duration grace);

  Runtime& runtime_;
  NodeNetwork& network_;
  Cgroups cgroups_;
  NodePlace place_;
};

}  // namespace hancock::agent
