// `hancock agent`: a Node's worker, in the foreground until it is told to end.
#pragma once

#include <string>
#include <vector>

#include "agent/options.h"
#include "cli/command.h"

namespace hancock::cli {

struct AgentFlags {
  agent::AgentOptions options;
  std::vector<std::string> labels;  // "k=v"
};

/// `flags` outlives the run.
void add_agent(Command& root, AgentFlags& flags);

}  // namespace hancock::cli
