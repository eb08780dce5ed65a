// `hancock ps [APP[/SERVICE]]`: the Tasks, one a line.
#pragma once

#include "cli/context.h"

namespace hancock::cli {

struct PsOptions {
  std::string target;  // "", "APP" or "APP/SERVICE"
  bool all = false;    // also ended ones
};

void add_ps(Command& root, const Context& context, PsOptions& options);

}  // namespace hancock::cli
