// `hancock logs TASK or SERVICE`: what containers wrote, of one Task or of all of a Service together.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct LogsOptions {
  std::string target;  // a Task's id, or APP/SERVICE
  bool follow = false;
  int64_t tail = -1;  // -1: everything kept
  std::string since;
  bool stderr_only = false;
};

void add_logs(Command& root, const Context& context, LogsOptions& options);

}  // namespace hancock::cli
