// The whole program behind `hancock agent`: runs until SIGTERM or SIGINT. Main thread, before any other.
#pragma once

#include "agent/options.h"

namespace hancock::agent {

/// 0: ended as asked; 1: it cannot run (said on stderr); 2: an option is wrong.
int run_agent(const AgentOptions& options);

}  // namespace hancock::agent
