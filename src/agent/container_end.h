// How a container ended, who is to blame for it, and waiting for that.
#pragma once

#include <string>

#include "agent/pods.h"
#include "agent/task/task_state.h"

namespace hancock::agent {

struct ContainerEnd {
  TaskExit exit;
  Blame blame = Blame::kTask;
  std::string why;       // for people, when others are to blame
  bool is_gone = false;  // the runtime knows nothing of it
};

/// As the runtime tells it.
ContainerEnd end_of(const cri::ContainerStatus& status);

/// Returns when `pod`'s container has ended. The runtime's word counts: while it is away, or says that the
/// container runs, nothing is made up. `pod.process` is filled in when it was not known yet. Loop's thread.
io::Async<ContainerEnd> container_end(Pods& pods, std::string task, Pod& pod);

}  // namespace hancock::agent
