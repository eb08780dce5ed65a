// `hancock deploy FILE`: hands a spec to the Masters and returns when it serves, or says why not.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct DeployOptions {
  std::string file;  // "-": stdin
  bool detach = false;
  int64_t check_index = 0;
  std::vector<std::string> set;  // SERVICE.image=REF
};

ExitCode deploy(const Context& context, const DeployOptions& options);
void add_deploy(Command& root, const Context& context, DeployOptions& options);

}  // namespace hancock::cli
