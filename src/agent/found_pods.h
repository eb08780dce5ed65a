// What the container runtime has of this Node's Tasks: how an Agent that starts finds them again, and how
// leftovers are found. Told apart from others' pods, and other Nodes', by their labels.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/pods.h"
#include "agent/runtime.h"

namespace hancock::agent {

struct FoundTask {
  Pod pod;                  // `container`: the newest one that was ever started
  uint32_t attempt = 0;     // its number; 0: there is none
  bool runs = false;        // it
  model::ServiceRef owner;  // whose Task it is, as its labels say
};

struct FoundPods {
  std::map<std::string, FoundTask> tasks;
  std::vector<std::string> unclaimed;  // sandboxes that no container says whose they are: made ahead
};

/// An error when anything of it could not be asked for: not to know is not to have nothing. Loop's
/// thread.
io::Async<Result<FoundPods>> find_pods(Runtime& runtime, std::string node);

}  // namespace hancock::agent
