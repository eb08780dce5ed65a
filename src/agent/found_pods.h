// What the container runtime has of this Node's Tasks: how an Agent that starts finds them again, and how
// leftovers are found. Told apart from others' pods by their label.
#pragma once

#include <map>
#include <string>

#include "agent/pods.h"
#include "agent/runtime.h"

namespace hancock::agent {

struct FoundTask {
  Pod pod;               // `container` only when it runs
  uint32_t attempt = 0;  // of its latest container
};

/// By Task. Loop's thread.
io::Async<Result<std::map<std::string, FoundTask>>> find_pods(Runtime& runtime);

}  // namespace hancock::agent
