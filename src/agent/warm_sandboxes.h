// WarmSandboxes: a few sandboxes made ahead, so that a Task that starts need not wait for its network.
//
//   if (auto sandbox = warm.take("t-1")) …          // it is this Task's for good
//
// Each is given out once and never comes back: what a Task leaves behind goes with its sandbox. They bear the
// Node's label, and no Task's; a container that is made in one says whose it is. Made one at a time, while
// the Node has nothing else to do. Loop's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/pod_spec.h"
#include "agent/process_watch.h"
#include "agent/runtime.h"
#include "base/random.h"

namespace hancock::agent {

struct WarmSandbox {
  std::string id;
  std::string address;
};

class WarmSandboxes {
 public:
  WarmSandboxes(Runtime& runtime, NodePlace place, Random& random, size_t wanted)
      : runtime_(runtime), place_(std::move(place)), random_(random), wanted_(wanted) {}

  /// One that lives, now under this host name; nullopt: there is none.
  std::optional<WarmSandbox> take(const std::string& host_name);
  /// Sandboxes that an earlier Agent made, and no Task has had.
  io::Async<void> adopt(std::vector<std::string> ids);
  bool owns(const std::string& sandbox) const;

  /// Until destroyed. Makes what is missing while `rests` says that the Node has nothing else to do.
  io::Async<void> run(std::function<bool()> rests);

 private:
  struct Ready {
    WarmSandbox sandbox;
    std::shared_ptr<ProcessWatch> process;  // that holds its namespaces
    UniqueFd names;                         // its host name's namespace
  };
  io::Async<Result<void>> make();
  Result<void> add(const cri::SandboxStatus& status, int pid);

  Runtime& runtime_;
  NodePlace place_;
  Random& random_;
  size_t wanted_;
  std::deque<Ready> ready_;
};

}  // namespace hancock::agent
